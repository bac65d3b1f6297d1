# 95 % quantiles of |N(t, 1)| as R's HonestDiD takes them: from a million draws of seed 0 (its .qfoldednormal).
# Run: Rscript tests/reference/folded_quantiles.R (base R 4.2). Writes folded_quantiles.csv beside itself.
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
set.seed(0)
draws <- rnorm(1e6)
t <- seq(0, 6, by = 0.02)
q <- sapply(t, function(mean) quantile(abs(draws + mean), 0.95, names = FALSE))
write.csv(data.frame(t, q = signif(q, 9)), file.path(here, "folded_quantiles.csv"), row.names = FALSE)
