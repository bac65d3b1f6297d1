# Quantiles of waits with open cases, and their intervals, by R's survfit with log-log limits.
# Run: Rscript tests/reference/waits_survival.R (R 4.2, survival 3.5). Writes waits_cases.csv and waits_survival.csv
# beside itself.
library(survival)

here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))

set.seed(7)
cells <- list()
for (cell in 0:7) {
  n <- c(5, 12, 30, 80)[cell %% 4 + 1]
  days <- if (cell < 4) rgamma(n, 2, 1 / 10) else ceiling(rgamma(n, 2, 1 / 10))  # later ones have ties
  until <- runif(n, 5, 60)
  cells[[cell + 1]] <- data.frame(cell = cell, days = round(pmin(days, until), 6),
                                  open = as.integer(days > until))
}
cases <- do.call(rbind, cells)
write.csv(cases, file.path(here, "waits_cases.csv"), row.names = FALSE)

found <- list()
for (cell in 0:7) for (q in c(0.5, 0.8)) {
  part <- cases[cases$cell == cell, ]
  fit <- survfit(Surv(days, 1 - open) ~ 1, data = part, conf.type = "log-log")
  at <- quantile(fit, probs = q)
  found[[length(found) + 1]] <- data.frame(cell = cell, q = q, value = at$quantile,
                                           low = at$lower, high = at$upper)
}
write.csv(do.call(rbind, found), file.path(here, "waits_survival.csv"), row.names = FALSE)
