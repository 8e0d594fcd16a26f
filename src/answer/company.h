/* The company as attain.yaml and policy.yaml say it, for settings: nothing of records, and no secret. */
#pragma once

#include "access/policy.h"

#include <stdio.h>

void answer_company_json(const ConfOrganisation *organisation, const AccessPolicy *policy, FILE *out);
