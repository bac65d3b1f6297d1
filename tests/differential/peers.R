# Answers of R's libraries to the panels in a folder, all in one process.
# Run by python -m tests.differential: Rscript peers.R FOLDER. Reads requests.csv (id, model) and one
# CSV for each id; writes answers.csv (id, name, value).
suppressMessages({
  library(plm)
  library(sandwich)
  library(clubSandwich)
  library(nlme)
  library(metafor)
})
folder <- commandArgs(trailingOnly = TRUE)[1]
requests <- read.csv(file.path(folder, "requests.csv"), colClasses = "character")
tight <- glsControl(tolerance = 1e-10, msTol = 1e-12, msMaxIter = 500, maxIter = 500)
answer <- list(
  two_way = function(x) {
    x$unit <- factor(x$unit)
    x$year <- factor(x$year)
    dummies <- lm(y ~ d + unit + year, x)
    v <- vcovCR(dummies, cluster = x$unit, type = "CR2")
    test <- coef_test(dummies, vcov = v, test = "Satterthwaite", coefs = "d")
    within <- plm(y ~ d, x, index = c("unit", "year"), model = "within", effect = "twoways")
    c(plm = unname(coef(within)["d"]), CR2 = test$SE, df = test[[grep("df", names(test))[1]]],
      vcovCL = sqrt(vcovCL(dummies, cluster = x$unit, type = "HC1")["d", "d"]))
  },
  counts = function(x) {
    fit <- glm(y ~ d + factor(unit) + factor(year), quasipoisson, x, epsilon = 1e-13, maxit = 100)
    c(glm = unname(coef(fit)["d"]))
  },
  shares = function(x) {
    fit <- glm(y ~ d + treated + factor(year), quasibinomial, x, epsilon = 1e-13, maxit = 100)
    c(glm = unname(coef(fit)["d"]))
  },
  series = function(x) {
    plain <- lm(y ~ post + since + I(since * post), x)
    newey <- NeweyWest(plain, lag = x$lags[1], prewhite = FALSE, adjust = TRUE)
    fit <- tryCatch(gls(y ~ post + since + I(since * post), x, correlation = corAR1(), method = "REML",
                        control = tight), error = function(e) NULL)
    reml <- if (is.null(fit)) c(NA, NA) else coef(fit)[c(2, 4)]
    c(NeweyWest = sqrt(newey[2, 2]), reml = unname(reml[1]), slope = unname(reml[2]))
  },
  adjust = function(x) {
    all <- list(holm = p.adjust(x$p, "holm"), fdr_bh = p.adjust(x$p, "BH"), fdr_by = p.adjust(x$p, "BY"))
    names <- unlist(lapply(names(all), function(m) paste0(m, ":", seq_along(x$p) - 1)))
    setNames(unlist(all), names)
  },
  pool = function(x) {
    fit <- rma(y, sei = se, data = x, method = "REML", test = "knha",
               control = list(threshold = 1e-13, maxiter = 100000, stepadj = 0.5))
    c(mean = fit$b[1], se = fit$se, tau2 = fit$tau2, q = fit$QE)
  }
)
rows <- lapply(seq_len(nrow(requests)), function(i) {
  r <- requests[i, ]
  value <- tryCatch(suppressWarnings(answer[[r$model]](read.csv(file.path(folder, paste0(r$id, ".csv"))))),
                    error = function(e) c(failed = NA))
  data.frame(id = r$id, name = names(value), value = format(unname(value), digits = 17))
})
write.csv(do.call(rbind, rows), file.path(folder, "answers.csv"), row.names = FALSE)
