# Segmented regressions in R as a reference for innoeval: AR(1), AR(2) and ARMA(1, 1) errors by REML
# in nlme, and least squares with the robust errors of sandwich.
# Run: Rscript tests/reference/its_nlme.R (R 4.2, nlme 3.1, sandwich 3.0). Writes its_series.csv, its_nlme.csv,
# its_arma.csv and its_sandwich.csv beside itself.
library(nlme)
suppressMessages(library(sandwich))

here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
cases <- rbind(
  data.frame(n = 12, launch = 6, rho = 0.2, slope = FALSE, cycle = 1, gap = 0),
  data.frame(n = 24, launch = 12, rho = 0.4, slope = TRUE, cycle = 1, gap = 0),
  data.frame(n = 24, launch = 16, rho = -0.4, slope = TRUE, cycle = 4, gap = 0),
  data.frame(n = 36, launch = 24, rho = 0.6, slope = TRUE, cycle = 12, gap = 0),
  data.frame(n = 48, launch = 24, rho = 0.8, slope = TRUE, cycle = 1, gap = 0),
  data.frame(n = 72, launch = 54, rho = 0.4, slope = TRUE, cycle = 12, gap = 0),
  data.frame(n = 100, launch = 50, rho = 0, slope = FALSE, cycle = 4, gap = 0),
  data.frame(n = 60, launch = 40, rho = 0.5, slope = TRUE, cycle = 1, gap = 6)
)
# A grid of lengths, launches and autocorrelations beside the cases chosen by hand.
grid <- expand.grid(n = c(24, 36, 48, 72, 100), share = c(1 / 2, 3 / 4), rho = c(0.2, 0.7))
grid$launch <- round(grid$n * grid$share)
grid$slope <- grid$n %% 5 != 0
grid$cycle <- ifelse(grid$n >= 48 & grid$rho > 0.5, 12, 1)
grid$gap <- 0
cases <- rbind(cases, grid[, names(cases)])
series <- NULL
answers <- NULL
armas <- NULL
sandwiches <- NULL
control <- glsControl(tolerance = 1e-10, msTol = 1e-12, msMaxIter = 500, maxIter = 500)
for (case in seq_len(nrow(cases))) {
  k <- cases[case, ]
  set.seed(100 + case)
  t <- 0:(k$n - 1)
  e <- if (k$rho == 0) rnorm(k$n) else as.numeric(arima.sim(list(ar = k$rho), k$n))
  post <- as.numeric(t >= k$launch)
  since <- t - k$launch
  y <- round(50 + 0.1 * t - 2 * post + 3 * sin(2 * pi * t / 12) * (k$cycle > 1) + e, 6)
  d <- data.frame(y, t, post, since, change = since * post)
  form <- y ~ post + since
  if (k$slope) form <- update(form, . ~ . + change)
  if (k$cycle > 1) {
    for (j in 1:2) {
      d[[paste0("c", j)]] <- cos(2 * pi * j * t / k$cycle)
      d[[paste0("s", j)]] <- sin(2 * pi * j * t / k$cycle)
    }
    form <- update(form, if (k$cycle == 4) . ~ . + c1 + s1 + c2 else . ~ . + c1 + s1 + c2 + s2)
  }
  # Six periods absent; true distances count.
  if (k$gap > 0) d <- d[!(d$t %in% c(7, 18, 19, 33, 45, 52)), ]
  shape <- if (k$gap > 0) corCAR1(form = ~t) else corAR1(form = ~t)
  fit <- gls(form, d, correlation = shape, method = "REML", control = control)
  rho <- as.numeric(coef(fit$modelStruct$corStruct, unconstrained = FALSE))
  series <- rbind(series, data.frame(case, t = d$t, y = d$y))
  answers <- rbind(answers, data.frame(case, launch = k$launch, slope = as.integer(k$slope), cycle = k$cycle,
    term = names(coef(fit)), estimate = as.numeric(coef(fit)),
    std_error = as.numeric(sqrt(diag(vcov(fit)))), rho = rho, sigma = fit$sigma))
  if (k$gap == 0 && k$n >= 36) {
    for (order in list(c(2, 0), c(1, 1))) {
      arma <- tryCatch(gls(form, d, correlation = corARMA(form = ~t, p = order[1], q = order[2]), method = "REML",
                           control = control), error = function(e) NULL)
      if (is.null(arma)) next
      armas <- rbind(armas, data.frame(case, p = order[1], q = order[2], launch = k$launch, slope = as.integer(k$slope),
        cycle = k$cycle, term = names(coef(arma)), estimate = sprintf("%.10f", coef(arma)),
        std_error = sprintf("%.10f", sqrt(diag(vcov(arma)))), sigma = sprintf("%.10f", arma$sigma)))
    }
  }
  if (k$gap == 0) {
    plain <- lm(form, d)
    errors <- function(v) sprintf("%.12f", sqrt(diag(v)))
    nw <- function(lag, adjust) errors(NeweyWest(plain, lag = lag, prewhite = FALSE, adjust = adjust))
    sandwiches <- rbind(sandwiches, data.frame(case, launch = k$launch, slope = as.integer(k$slope), cycle = k$cycle,
      term = names(coef(plain)), estimate = sprintf("%.10f", coef(plain)), ordinary = errors(vcov(plain)),
      HC0 = errors(vcovHC(plain, "HC0")), HC1 = errors(vcovHC(plain, "HC1")), HC2 = errors(vcovHC(plain, "HC2")),
      HC3 = errors(vcovHC(plain, "HC3")), NW1 = nw(1, FALSE), NW3 = nw(3, FALSE), NW1_adjusted = nw(1, TRUE)))
  }
}
write.csv(series, file.path(here, "its_series.csv"), row.names = FALSE, quote = FALSE)
answers$estimate <- sprintf("%.10f", answers$estimate)
answers$std_error <- sprintf("%.10f", answers$std_error)
answers$rho <- sprintf("%.10f", answers$rho)
answers$sigma <- sprintf("%.10f", answers$sigma)
write.csv(answers, file.path(here, "its_nlme.csv"), row.names = FALSE, quote = FALSE)
write.csv(armas, file.path(here, "its_arma.csv"), row.names = FALSE, quote = FALSE)
write.csv(sandwiches, file.path(here, "its_sandwich.csv"), row.names = FALSE, quote = FALSE)
