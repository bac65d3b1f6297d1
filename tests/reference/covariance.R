# Clustered, robust and panel errors in R's sandwich, clubSandwich and plm, as a reference for innoeval.
# Run: Rscript tests/reference/covariance.R (R 4.2, sandwich 3.0, clubSandwich 0.5.8, plm 2.6, from Debian).
# Writes covariance_panel.csv, covariance_regression.csv and covariance.csv beside itself.
suppressMessages({
  library(sandwich)
  library(clubSandwich)
  library(plm)
})
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
answers <- NULL
add <- function(data, call, term, std_error, df = NA) {
  answers <<- rbind(answers, data.frame(data, call, term, std_error, df))
}
root <- function(v, term = "d") sqrt(v[term, term])

# 60 units x 12 periods, 20 of them treated from period 8 on; 12 regions of five units.
set.seed(7)
units <- 60
periods <- 12
panel <- expand.grid(time = 1:periods, unit = 1:units)[, 2:1]
noise <- as.vector(sapply(1:units, function(i) as.numeric(arima.sim(list(ar = 0.5), periods))))
panel$region <- (panel$unit - 1) %/% 5
panel$treated <- as.numeric(panel$unit <= 20)
panel$post <- as.numeric(panel$time >= 8)
panel$d <- panel$treated * panel$post
panel$y <- round(rnorm(units)[panel$unit] + rnorm(periods)[panel$time] + 0.3 * panel$d + noise, 6)
write.csv(panel, file.path(here, "covariance_panel.csv"), row.names = FALSE)

dummies <- lm(y ~ d + factor(unit) + factor(time), panel)
add("panel", "estimate", "d", coef(dummies)["d"])
add("panel", "sandwich vcovCL HC0 without cadjust", "d",
    root(vcovCL(dummies, ~unit, type = "HC0", cadjust = FALSE)))
add("panel", "sandwich vcovCL HC0", "d", root(vcovCL(dummies, ~unit, type = "HC0")))
add("panel", "sandwich vcovCL HC1", "d", root(vcovCL(dummies, ~unit, type = "HC1")))
add("panel", "sandwich vcovCL HC1 two-way", "d", root(vcovCL(dummies, ~ unit + time, type = "HC1")))
for (type in c("HC0", "HC1", "HC2", "HC3")) {
  add("panel", paste("sandwich vcovHC", type), "d", root(vcovHC(dummies, type = type)))
}
within <- plm(y ~ d, panel, index = c("unit", "time"), model = "within", effect = "twoways")
for (type in c("HC0", "sss", "HC1")) {
  add("panel", paste("plm vcovHC", type), "d", root(vcovHC(within, method = "arellano", type = type)))
}
add("panel", "plm vcovSCC HC0", "d", root(vcovSCC(within, type = "HC0")))
add("panel", "plm vcovSCC HC0 maxlag 3", "d", root(vcovSCC(within, type = "HC0", maxlag = 3)))
add("panel", "plm vcovDC HC0", "d", root(vcovDC(within, type = "HC0")))
for (type in c("CR0", "CR1", "CR2")) {
  found <- coef_test(within, vcov = type, cluster = "unit", test = "Satterthwaite")
  add("panel", paste("clubSandwich", type), "d", found["d", "SE"], found["d", "df_Satt"])
}
for (type in c("CR0", "CR1", "CR2")) {
  found <- coef_test(dummies, vcov = type, cluster = panel$region, test = "Satterthwaite", coefs = "d")
  add("panel", paste("clubSandwich", type, "by region"), "d", found["d", "SE"], found["d", "df_Satt"])
}

# A regression with clusters of unequal size, one regressor constant within them.
set.seed(8)
size <- c(3, 5, 8, 2, 12, 6, 7, 4, 9, 5, 3, 6)
rows <- data.frame(g = rep(seq_along(size), size))
rows$x <- round(rnorm(nrow(rows)) + 0.5 * rnorm(12)[rows$g], 6)
rows$w <- as.numeric(rows$g %in% c(1, 4, 7, 10))
rows$y <- round(1 + 0.5 * rows$x - 0.3 * rows$w + rnorm(12)[rows$g] + rnorm(nrow(rows)), 6)
write.csv(rows, file.path(here, "covariance_regression.csv"), row.names = FALSE)
fit <- lm(y ~ x + w, rows)
for (term in c("x", "w")) {
  add("regression", "estimate", term, coef(fit)[term])
  for (type in c("HC0", "HC1", "HC2", "HC3")) {
    add("regression", paste("sandwich vcovHC", type), term, root(vcovHC(fit, type = type), term))
    add("regression", paste("sandwich vcovCL", type), term,
        root(vcovCL(fit, ~g, type = type), term))
  }
  for (type in c("CR0", "CR1", "CR1S", "CR2", "CR3")) {
    found <- coef_test(fit, vcov = type, cluster = rows$g, test = "Satterthwaite")
    add("regression", paste("clubSandwich", type), term, found[term, "SE"], found[term, "df_Satt"])
  }
}
answers$std_error <- sprintf("%.12g", answers$std_error)
answers$df <- ifelse(is.na(answers$df), "", sprintf("%.10g", answers$df))
write.csv(answers, file.path(here, "covariance.csv"), row.names = FALSE, quote = FALSE)
