# Segmented regressions of counts and shares in R, as a reference for innoeval: glm, MASS::glm.nb, sandwich.
# Run: Rscript tests/reference/rates_glm.R (R 4.2, MASS 7.3, sandwich 3.0). Writes rates_series.csv and rates_glm.csv
# beside itself.
suppressMessages({library(MASS); library(sandwich)})

here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
series <- NULL
answers <- NULL
cases <- data.frame(n = c(36, 60, 48), launch = c(20, 40, 36), mean = c(6, 60, 15))
for (case in seq_len(nrow(cases))) {
  k <- cases[case, ]
  set.seed(case)
  t <- 0:(k$n - 1)
  post <- as.numeric(t >= k$launch)
  since <- t - k$launch
  change <- since * post
  size <- round(1000 * exp(0.005 * t + rnorm(k$n, 0, 0.05)))
  rate <- k$mean / 1000 * exp(-0.2 * post + 0.3 * sin(2 * pi * t / 12))
  y <- rnbinom(k$n, mu = size * rate, size = 8)
  trials <- 40 + rpois(k$n, 30)
  good <- rbinom(k$n, trials, plogis(0.4 - 0.5 * post + 0.01 * t + rnorm(k$n, 0, 0.2)))
  c1 <- cos(2 * pi * t / 12); s1 <- sin(2 * pi * t / 12)
  c2 <- cos(4 * pi * t / 12); s2 <- sin(4 * pi * t / 12)
  d <- data.frame(case, t, y, size, good, trials)
  series <- rbind(series, d)
  control <- glm.control(epsilon = 1e-14, maxit = 100)
  fits <- list(
    poisson = glm(y ~ post + since + change + c1 + s1 + c2 + s2 + offset(log(size)), poisson, d, control = control),
    negative_binomial = glm.nb(y ~ post + since + change + c1 + s1 + c2 + s2 + offset(log(size)), d,
                               control = glm.control(epsilon = 1e-14, maxit = 200)),
    binomial = glm(cbind(good, trials - good) ~ post + since + change + c1 + s1 + c2 + s2, binomial, d,
                   control = control)
  )
  for (family in names(fits)) {
    fit <- fits[[family]]
    phi <- sum(residuals(fit, "pearson")^2) / fit$df.residual
    plain <- sqrt(diag(vcov(fit)))
    nw <- sqrt(diag(NeweyWest(fit, lag = 2, prewhite = FALSE, adjust = TRUE)))
    answers <- rbind(answers, data.frame(case, family, n = k$n, launch = k$launch, term = names(coef(fit)),
      estimate = sprintf("%.10f", coef(fit)), one = sprintf("%.10f", plain),
      quasi = sprintf("%.10f", plain * sqrt(phi)), NW2 = sprintf("%.10f", nw), dispersion = sprintf("%.10f", phi),
      alpha = if (family == "negative_binomial") sprintf("%.10f", 1 / fit$theta) else ""))
  }
}
write.csv(series, file.path(here, "rates_series.csv"), row.names = FALSE, quote = FALSE)
write.csv(answers, file.path(here, "rates_glm.csv"), row.names = FALSE, quote = FALSE)
