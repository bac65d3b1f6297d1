# Sites whose errors are alike, by metafor's rma.mv: writes sites_metafor_shared.csv from sites_data.csv.
# Every two sites of the first half have errors with the correlation 0.4; the others are independent.
# rma.mv has no Knapp-Hartung errors: they are made here by their definition.
# Debian 12: r-cran-metafor 3.8-1. Run in this folder: Rscript sites_metafor_shared.R
suppressMessages(library(metafor))
data <- read.csv("sites_data.csv")
rows <- list()
for (case in unique(data$case)) {
  d <- data[data$case == case, ]
  k <- nrow(d)
  alike <- diag(k)
  half <- seq_len(ceiling(k / 2))
  alike[half, half] <- 0.4
  diag(alike) <- 1
  V <- alike * outer(d$std_error, d$std_error)
  d$site <- seq_len(k)
  fit <- rma.mv(effect, V, random = ~ 1 | site, data = d, method = "REML",
                control = list(optimizer = "optim", optmethod = "Nelder-Mead", reltol = 1e-16, maxit = 10000))
  W <- solve(V + diag(fit$sigma2, k))
  rest <- d$effect - fit$b[1]
  scale <- drop(t(rest) %*% W %*% rest) / (k - 1)
  value <- c(mean = fit$b[1], plain_error = fit$se, std_error = fit$se * sqrt(scale),
             tau2 = fit$sigma2, q = fit$QE, q_p = fit$QEp)
  rows[[case]] <- data.frame(case = case, name = names(value), value = unname(value))
}
all <- do.call(rbind, rows)
all$value <- format(all$value, digits = 15, scientific = TRUE, trim = TRUE)
write.csv(all, "sites_metafor_shared.csv", row.names = FALSE, quote = FALSE)
