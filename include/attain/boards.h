/* Shared boards of libattain: what a company's policy file shares of everybody's numbers, so that nobody's follows from
 * them. Included by attain/attain.h, which says what holds for all functions. docs/security.md says what is on them. */
#ifndef ATTAIN_BOARDS_H
#define ATTAIN_BOARDS_H

#include <attain/formats.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The boards that the handle's user gets, as JSON: {"boards": [{"board", "title", "kpis", "by", …}]}; give it back with
 * attain_free(). The operator gets all. Errors: FORBIDDEN; INPUT for a mistake in policy.yaml. */
ATTAIN_API char *attain_boards(AttainWorkspace *workspace, AttainError *error);
/* One of them in JSON or another form, as it is for the handle's user: the last periods that are over and have settled,
 * of the records as they were believed then. The first time it reads the records, on connections of its own: no
 * writer waits for it, nor it for one. Errors: NOT_FOUND for a name, FORBIDDEN for a board that their role does not
 * get, LIMIT, IO. */
ATTAIN_API char *attain_board(AttainWorkspace *workspace, const char *name, AttainFormat format, size_t *n_bytes,
                              AttainError *error);

#ifdef __cplusplus
}
#endif
#endif
