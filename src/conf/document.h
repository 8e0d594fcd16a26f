/* What a document is made of, private to src/conf. */
#pragma once

#include "conf/conf.h"

struct ConfDocument {
  ConfNode *root;
  GPtrArray *allocations; /* its nodes, arrays and texts */
};
