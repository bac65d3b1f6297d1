# Random-effects meta-analyses by metafor: writes sites_metafor.csv from sites_data.csv.
# Debian 12: r-cran-metafor 3.8-1. Run in this folder: Rscript sites_metafor.R
library(metafor)
data <- read.csv("sites_data.csv")
tight <- list(threshold = 1e-14, maxiter = 10000)
rows <- list()
for (case in unique(data$case)) {
  d <- data[data$case == case, ]
  fit <- rma(effect, sei = std_error, data = d, method = "REML", test = "knha", control = tight)
  new <- predict(fit)
  out <- leave1out(fit)
  value <- c(mean = fit$b[1], std_error = fit$se, conf_low = fit$ci.lb, conf_high = fit$ci.ub,
             p_value = fit$pval, tau2 = fit$tau2, i2 = fit$I2 / 100, q = fit$QE, q_p = fit$QEp,
             predict_low = new$pi.lb, predict_high = new$pi.ub,
             least_without_one = min(out$estimate), most_without_one = max(out$estimate))
  if (nrow(d) > 4) {
    by <- rma(effect, sei = std_error, mods = ~ moderator, data = d, method = "REML", test = "knha",
              control = tight)
    value <- c(value, slope = by$b[2], slope_error = by$se[2], slope_p = by$pval[2],
               tau2_left = by$tau2, i2_left = by$I2 / 100, q_left = by$QE)
  }
  rows[[case]] <- data.frame(case = case, name = names(value), value = unname(value))
}
all <- do.call(rbind, rows)
all$value <- format(all$value, digits = 15, scientific = TRUE, trim = TRUE)
write.csv(all, "sites_metafor.csv", row.names = FALSE, quote = FALSE)
