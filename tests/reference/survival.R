# Kaplan-Meier medians, 90 % quantiles and shares closed within 10 days, by ward and month, of
# survival_cases.csv as it stood on 2023-07-01 00:00: Rscript survival.R, in this folder.
library(survival)
cases <- read.csv("survival_cases.csv", na.strings = "")
seconds <- function(text) as.numeric(as.POSIXct(text, tz = "UTC", format = "%Y-%m-%d %H:%M:%S"))
now <- seconds("2023-07-01 00:00:00")
cases$event <- as.integer(!is.na(cases$closed))
ended <- ifelse(is.na(cases$closed), now, seconds(cases$closed))
cases$days <- (ended - seconds(cases$opened)) / 86400
cases$month <- substr(cases$opened, 1, 7)
rows <- lapply(split(cases, list(cases$ward, cases$month), drop = TRUE), function(cell) {
  curve <- survfit(Surv(days, event) ~ 1, data = cell)
  middle <- quantile(curve, c(0.5, 0.9), conf.int = FALSE)
  data.frame(ward = cell$ward[1], month = cell$month[1], cases = nrow(cell),
             median = middle[[1]], q90 = middle[[2]],
             within = 1 - summary(curve, times = 10, extend = TRUE)$surv)
})
out <- do.call(rbind, rows)
out <- out[order(out$ward, out$month), ]
options(digits = 15)
write.csv(out, "survival.csv", row.names = FALSE, na = "")
