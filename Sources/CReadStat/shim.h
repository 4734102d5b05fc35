// ReadStat: Stata .dta and SPSS .sav/.zsav/.por files.
#ifndef INNOV4SME_CREADSTAT_SHIM_H
#define INNOV4SME_CREADSTAT_SHIM_H

#include <readstat.h>

#endif
