// OpenBLAS: CBLAS, and the Fortran LAPACK routines that the project uses (Debian's OpenBLAS holds
// LAPACK but no LAPACKE).
#ifndef INNOV4SME_COPENBLAS_SHIM_H
#define INNOV4SME_COPENBLAS_SHIM_H

#include <cblas.h>

// Cholesky factorisation of a symmetric positive definite matrix.
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info);
// Solution of A X = B from the factor of dpotrf.
void dpotrs_(const char *uplo, const int *n, const int *nrhs, const double *a, const int *lda,
             double *b, const int *ldb, int *info);
// Inverse from the factor of dpotrf.
void dpotri_(const char *uplo, const int *n, double *a, const int *lda, int *info);
// Eigenvalues and eigenvectors of a symmetric matrix, divide and conquer.
void dsyevd_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w,
             double *work, const int *lwork, int *iwork, const int *liwork, int *info);
// Solution of A X = B by LU with partial pivoting.
void dgesv_(const int *n, const int *nrhs, double *a, const int *lda, int *ipiv, double *b,
            const int *ldb, int *info);

#endif
