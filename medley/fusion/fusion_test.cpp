#include "tests/contract/fusion_contract.h"
