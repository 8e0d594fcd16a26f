/* Shared boards. What is kept of them the library keeps: an answer goes by the caller's role, too. */
#include "app/api_answer.h"

static char *make_boards(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  return api_document(attain_boards(api_workspace(exchange), error), "boards", format, n_bytes, error);
}

static void list_boards(HttpExchange *exchange, gpointer server) {
  api_answer(exchange, make_boards);
}

static char *make_board(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  return attain_board(api_workspace(exchange), http_path_value(exchange, "board"), format, n_bytes, error);
}

static void show_board(HttpExchange *exchange, gpointer server) {
  api_answer(exchange, make_board);
}

static const HttpParameter format_parameter = API_FORMAT_PARAMETER;

const HttpRoute api_boards_routes[] = {
    {.method = "GET",
     .path = "/api/v1/boards",
     .handler = list_boards,
     .permission = ATTAIN_MAY_READ,
     .tag = "Numbers",
     .summary = "The boards that are shared with you",
     .parameters = &format_parameter,
     .n_parameters = 1,
     .answer = "boards",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "GET",
     .path = "/api/v1/boards/{board}",
     .handler = show_board,
     .permission = ATTAIN_MAY_READ,
     .tag = "Numbers",
     .summary = "A shared board: the last periods that have settled, and nothing from which anybody's number follows",
     .parameters = &format_parameter,
     .n_parameters = 1,
     .answer = "board",
     .flags = HTTP_ROUTE_SLOW},
};
const guint api_n_boards_routes = G_N_ELEMENTS(api_boards_routes);
