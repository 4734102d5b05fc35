# glmnet on data in binary files, called by linear_models.py; prints one JSON object.
# Arguments: task, folder, rows, columns, repeats, threshold (0: the default).
suppressMessages(library(glmnet))
a <- commandArgs(trailingOnly = TRUE)
task <- a[1]; folder <- a[2]; n <- as.integer(a[3]); p <- as.integer(a[4]); repeats <- as.integer(a[5])
threshold <- as.numeric(a[6])
read <- function(name, count) readBin(file.path(folder, name), "double", count)
x <- matrix(read("x", n * p), n); y <- read("y", n)
if (task == "one-hot") {
  # Columns of indicators after the dense ones, as a sparse matrix.
  levels <- as.integer(strsplit(a[7], ",")[[1]]); codes <- matrix(read("codes", n * length(levels)), n)
  starts <- p + c(0, cumsum(levels))[seq_along(levels)]
  x <- cbind(Matrix::Matrix(x, sparse = TRUE), Matrix::sparseMatrix(
    i = rep(seq_len(n), length(levels)), j = as.vector(t(t(codes) + starts)) + 1 - p, x = 1, dims = c(n, sum(levels))))
  task <- "path"
}
# Wall clock, then processor time.
now <- function() { used <- proc.time(); c(as.numeric(Sys.time()), used[[1]] + used[[2]]) }
json <- function(v) paste0("[", paste(sprintf("%.17g", v), collapse = ","), "]")
seconds <- matrix(0, 2, 0)
if (task == "path") {
  for (k in seq_len(repeats)) {
    start <- now()
    if (threshold > 0) {
      lambda <- read("lambda", file.size(file.path(folder, "lambda")) / 8)
      f <- glmnet(x, y, family = "binomial", lambda = lambda, thresh = threshold, maxit = 1e7)
    } else {
      f <- glmnet(x, y, family = "binomial")
    }
    seconds <- cbind(seconds, now() - start)
  }
  if (threshold == 0) writeBin(f$lambda, file.path(folder, "lambda"))
  writeBin(as.vector(as.matrix(coef(f))), file.path(folder, paste0("glmnet-", a[6])))
} else if (task == "cross-validation") {
  folds <- as.integer(read("folds", n)) + 1
  for (k in seq_len(repeats)) {
    start <- now(); f <- cv.glmnet(x, y, family = "binomial", foldid = folds); seconds <- cbind(seconds, now() - start)
  }
  writeBin(f$lambda, file.path(folder, "lambda"))
  writeBin(c(f$lambda.min, f$lambda.1se), file.path(folder, "chosen"))
} else if (task == "bootstrap") {
  replicates <- as.integer(a[7])
  counts <- matrix(read("counts", n * replicates), n)
  for (k in seq_len(repeats)) {
    start <- now()
    for (b in seq_len(replicates)) {
      rows <- rep(seq_len(n), counts[, b])
      f <- glmnet(x[rows, ], y[rows], family = "binomial", nlambda = 50)
    }
    seconds <- cbind(seconds, now() - start)
  }
}
cat(sprintf('{"seconds": %s, "processorSeconds": %s, "glmnet": "%s", "R": "%s"}', json(seconds[1, ]), json(seconds[2, ]),
            packageVersion("glmnet"),
            paste(R.version$major, R.version$minor, sep = ".")))
