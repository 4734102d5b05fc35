# DeLong variances, intervals and the paired test by pROC, for the data of metrics.json.
# Run: Rscript delong.R metrics.json > delong.json   (needs pROC and jsonlite, or the small reader below)
suppressMessages(library(pROC))
path <- commandArgs(trailingOnly = TRUE)[1]
parsed <- jsonlite::fromJSON(path, simplifyDataFrame = FALSE)
number <- function(x) formatC(x, digits = 17, format = "g")
one <- function(case) {
  # Weights are repetitions: pROC has none of its own.
  rows <- rep(seq_along(case$outcomes), case$weights)
  y <- case$outcomes[rows]
  a <- roc(y, case$logOdds[rows], direction = "<", levels = c(0, 1), quiet = TRUE)
  b <- roc(y, case$second[rows], direction = "<", levels = c(0, 1), quiet = TRUE)
  interval <- ci.auc(a, method = "delong", conf.level = 0.95)
  test <- roc.test(a, b, method = "delong", paired = TRUE)
  sprintf(paste0('{"area": %s, "variance": %s, "lower": %s, "upper": %s, "secondArea": %s, "secondVariance": %s, ',
                 '"covariance": %s, "statistic": %s, "pValue": %s}'),
          number(auc(a)), number(var(a, method = "delong")), number(interval[1]), number(interval[3]),
          number(auc(b)), number(var(b, method = "delong")), number(cov(a, b, method = "delong")),
          number(test$statistic), number(test$p.value))
}
cat('{"versions": {"R": "', paste(R.version$major, R.version$minor, sep = "."), '", "pROC": "',
    as.character(packageVersion("pROC")), '"},\n"cases": [\n', sep = "")
cat(paste(sapply(parsed$cases, one), collapse = ",\n"))
cat("\n]}\n")
