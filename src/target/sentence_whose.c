/* Whose target it is: a member of a dimension, each of its members, or the company. */
#include "target/sentence_private.h"

const SentenceRow sentence_whose[] = {
    {"[for|of|by|in|from|at|with|to|across] [the|our|my] {dimension} [:] {member} ['s]", SAYS_MEMBER},
    {"[for|of|by|in|from|at|with|to|across] [the|our|my] {member} ['s]", SAYS_MEMBER},
    {"[for|of|by|from|in|across] each|every|per|any|all [of] [the|our|my] {dimension} ['s]", SAYS_EACH},
    {"a|per|/ rep|head|person|salesperson|seller|ae|sdr|individual", SAYS_EACH},
    {"[for|of] each|every one|person", SAYS_EACH},
    {"each of us", SAYS_EACH},
    {"reps|sellers|salespeople|aes|sdrs|bdrs", SAYS_EACH},
    {"[for|of] everyone|everybody ['s]", SAYS_EACH},
    {"company|organisation|organization|business|firm wide", SAYS_COMPANY},
    {"companywide|globally|worldwide|altogether", SAYS_COMPANY},
    {"[for|of|in|across|at|by] [the|our|this] [whole|entire|total] company|organisation|organization ['s]",
     SAYS_COMPANY},
    {"[for|of|in|across|at|by] the|our|this [whole|entire] business|firm ['s]", SAYS_COMPANY},
    {"as a company|whole|business", SAYS_COMPANY},
    {"across the board", SAYS_COMPANY},
    {"in total", SAYS_COMPANY},
    {"our|all|overall|total", SAYS_COMPANY, .role = 1},
    {"we|us all", SAYS_COMPANY, .role = 1},
    {"all of us", SAYS_COMPANY, .role = 1},
    {"[for|of|in] [the|our] [whole|entire] sales team|department|force|organisation|organization|org ['s]",
     SAYS_COMPANY, .role = 1},
    {"my|mine|myself", SAYS_MINE},
    {"[for|of|by|with] my|our|the|this team ['s]", SAYS_MINE},
};
const gsize sentence_n_whose = G_N_ELEMENTS(sentence_whose);

/* --- dimensions --- */

static const struct {
  const char *words, *dimension;
} dimension_words[] = {
    {" team teams squad ", "team"},
    {" rep reps salesperson salespeople seller sellers person people individual ae aes sdr sdrs bdr bdrs agent ",
     "rep"},
    {" region regions territory ", "region"},
    {" product products ", "product"},
    {" segment segments ", "segment"},
    {" manager managers ", "manager"},
    {" source sources channel channels ", "source"},
    {" industry industries ", "industry"},
};

char **sentence_name_words(const char *name) {
  g_autoptr(GArray) tokens = sentence_tokens(name);
  GPtrArray *words = g_ptr_array_new();
  for (guint i = 0; i < tokens->len; i++)
    g_ptr_array_add(words, g_strdup(g_array_index(tokens, SentenceToken, i).text));
  g_ptr_array_add(words, NULL);
  return (char **)g_ptr_array_free(words, FALSE);
}

/* How many tokens from `at` on are `words`, all of them; 0: they are not. */
static guint has_words(const Sentence *sentence, guint at, char **words) {
  guint n = 0;
  for (; words[n]; n++)
    if (!sentence_token_is(sentence, at + n, words[n])) return 0;
  return n;
}

static guint read_own_dimension(const Sentence *sentence, guint at, const char *name, const char **dimension) {
  if (g_ascii_tolower(name[0]) != sentence_token(sentence, at)->text[0]) return SENTENCE_NO_MATCH;
  g_auto(GStrv) words = sentence_name_words(name);
  guint n = has_words(sentence, at, words);
  if (n == 0) return SENTENCE_NO_MATCH;
  *dimension = name;
  return at + n;
}

guint sentence_read_dimension(Sentence *sentence, guint at, const char **dimension) {
  const SentenceToken *token = sentence_token(sentence, at);
  const TargetHearing *hearing = sentence->hearing;
  if (!token || token->kind != TOKEN_WORD) return SENTENCE_NO_MATCH;
  const char *last = NULL;
  for (gsize i = 0; i < hearing->n_members; i++) {
    if (last && g_str_equal(last, hearing->members[i].dimension)) continue;
    last = hearing->members[i].dimension;
    guint end = read_own_dimension(sentence, at, last, dimension);
    if (end != SENTENCE_NO_MATCH) return end;
  }
  if (hearing->dimension && !g_str_equal(hearing->dimension, "company")) {
    guint end = read_own_dimension(sentence, at, hearing->dimension, dimension);
    if (end != SENTENCE_NO_MATCH) return end;
  }
  g_autofree char *wanted = g_strconcat(" ", token->text, " ", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(dimension_words); i++)
    if (strstr(dimension_words[i].words, wanted)) {
      *dimension = dimension_words[i].dimension;
      return at + 1;
    }
  return SENTENCE_NO_MATCH;
}

/* --- members --- */

void sentence_learn_members(Sentence *sentence) {
  sentence->members = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
  for (gsize i = 0; i < sentence->hearing->n_members; i++)
    g_ptr_array_add(sentence->members, sentence_name_words(sentence->hearing->members[i].name));
}

/* A name in quotation marks is that name, and nothing else. */
static guint full_name(const Sentence *sentence, guint at, guint member) {
  const SentenceToken *token = sentence_token(sentence, at);
  if (token->kind != TOKEN_QUOTED) return has_words(sentence, at, sentence->members->pdata[member]);
  const char *written = sentence->hearing->members[member].name;
  if (!sentence_may_have(sentence, written)) return 0;
  g_autofree char *name = sentence_fold(written);
  return g_str_equal(name, token->text) ? 1 : 0;
}

/* "Ana", "Silva's", "O'Brien": a word of a longer name, where it is meant as a name. */
static gboolean is_part(const Sentence *sentence, guint at, guint member) {
  const SentenceToken *token = sentence_token(sentence, at);
  static const char *const leading[] = {"for", "of", "rep", "from", "by", NULL};
  static const char *const people[] = {"rep", "manager", "person", NULL};
  if (!g_strv_contains(people, sentence->hearing->members[member].dimension)) return FALSE;
  char **words = sentence->members->pdata[member];
  guint n = g_strv_length(words);
  if (n < 2 || token->kind != TOKEN_WORD || g_strv_contains(sentence_noise, token->text)) return FALSE;
  const SentenceToken *before = at > 0 ? sentence_token(sentence, at - 1) : NULL;
  if (!token->capital && !sentence_token_is(sentence, at + 1, "'s") &&
      !(before && g_strv_contains(leading, before->text)))
    return FALSE;
  return g_str_equal(words[0], token->text) || g_str_equal(words[n - 1], token->text);
}

/* The longest name at `at`, of `dimension` unless NULL; a part of a name only where no whole one is. */
static guint find_member(const Sentence *sentence, guint at, const char *dimension, SentenceBound *bound) {
  const TargetHearing *hearing = sentence->hearing;
  guint longest = 0;
  for (int part = 0; part < 2 && longest == 0; part++)
    for (guint i = 0; i < hearing->n_members; i++) {
      if (dimension && !g_str_equal(hearing->members[i].dimension, dimension)) continue;
      guint length = part ? (guint)is_part(sentence, at, i) : full_name(sentence, at, i);
      if (length == 0 || length < longest) continue;
      bound->other = length == longest ? bound->member : -1;
      bound->member = (int)i;
      bound->by_part = part;
      longest = length;
    }
  return longest;
}

guint sentence_read_member(Sentence *sentence, guint at, SentenceBound *bound) {
  if (!sentence_token(sentence, at)) return SENTENCE_NO_MATCH;
  guint length = find_member(sentence, at, bound->dimension, bound);
  if (length == 0) return SENTENCE_NO_MATCH;
  const char *dimension = NULL;
  guint end = bound->dimension ? SENTENCE_NO_MATCH : sentence_read_dimension(sentence, at + length, &dimension);
  SentenceBound of_dimension = *bound;
  if (end != SENTENCE_NO_MATCH && find_member(sentence, at, dimension, &of_dimension) == length) {
    *bound = of_dimension;
    return end;
  }
  return at + length;
}

/* --- deciding --- */

char *sentence_say_whose(const char *dimension, const char *member) {
  if (g_str_equal(dimension, "company")) return g_strdup("the company");
  if (!member) return g_strdup_printf("each %s", dimension);
  return g_strdup_printf("%s %s", dimension, member);
}

typedef struct {
  const SentencePiece *member, *second, *each, *company, *by_the_way, *mine;
} Whose;

static gboolean same_member(const SentencePiece *a, const SentencePiece *b) {
  return a->bound.member == b->bound.member && a->bound.other == b->bound.other;
}

static Whose collect(const Sentence *sentence) {
  Whose whose = {0};
  for (guint i = 0; i < sentence->pieces->len; i++) {
    const SentencePiece *piece = &g_array_index(sentence->pieces, SentencePiece, i);
    if (piece->row->says == SAYS_MEMBER && !whose.member)
      whose.member = piece;
    else if (piece->row->says == SAYS_MEMBER && !same_member(piece, whose.member))
      whose.second = piece;
    else if (piece->row->says == SAYS_EACH)
      whose.each = piece;
    else if (piece->row->says == SAYS_COMPANY && piece->row->role == 1)
      whose.by_the_way = piece;
    else if (piece->row->says == SAYS_COMPANY)
      whose.company = piece;
    else if (piece->row->says == SAYS_MINE)
      whose.mine = piece;
  }
  return whose;
}

static const TargetMember *member_of(const Sentence *sentence, int index) {
  return &sentence->hearing->members[index];
}

static char *say_member(const Sentence *sentence, int index) {
  const TargetMember *member = member_of(sentence, index);
  return sentence_say_whose(member->dimension, member->name);
}

/* Of several members of one name the one that --for means. */
static int choose_member(const Sentence *sentence, const SentencePiece *piece) {
  const TargetHearing *hearing = sentence->hearing;
  if (piece->bound.other < 0) return piece->bound.member;
  for (int i = 0; i < 2 && hearing->dimension; i++) {
    int index = i ? piece->bound.other : piece->bound.member;
    if (g_str_equal(member_of(sentence, index)->dimension, hearing->dimension) &&
        (!hearing->member || g_ascii_strcasecmp(member_of(sentence, index)->name, hearing->member) == 0))
      return index;
  }
  return -1;
}

/* Whether the members of `dimension` are in the one of `group`: "each rep of team North". */
static gboolean is_group_of(const char *group, const char *dimension) {
  static const char *const of_reps[] = {"team", "manager", "region", NULL};
  static const char *const of_teams[] = {"manager", "region", NULL};
  if (g_str_equal(dimension, "rep")) return g_strv_contains(of_reps, group);
  return g_str_equal(dimension, "team") && g_strv_contains(of_teams, group);
}

static const char *each_dimension(const SentencePiece *each) {
  return each->bound.dimension ? each->bound.dimension : "rep";
}

static gboolean is_each_within(const Sentence *sentence, const Whose *whose) {
  int member = whose->member && whose->each && !whose->second ? choose_member(sentence, whose->member) : -1;
  return member >= 0 && is_group_of(member_of(sentence, member)->dimension, each_dimension(whose->each));
}

static gboolean ask_whose(Sentence *sentence, const Whose *whose) {
  g_autofree char *one = whose->member ? say_member(sentence, whose->member->bound.member) : NULL;
  if (whose->member && whose->second) {
    g_autofree char *two = say_member(sentence, whose->second->bound.member);
    sentence_ask(sentence, TARGET_LACKS_SPECIFIC, "Whose: %s or %s? Write one target for each.", one, two);
  } else if (whose->member && whose->each && choose_member(sentence, whose->member) >= 0 &&
             !is_each_within(sentence, whose)) {
    sentence_ask(sentence, TARGET_LACKS_SPECIFIC,
                 "Is the amount for %s together, or for each %s? Leave one of the two out.", one,
                 each_dimension(whose->each));
  } else if (whose->member && whose->company) {
    sentence_ask(sentence, TARGET_LACKS_SPECIFIC, "Whose: %s or the whole company? Leave one of the two out.", one);
  } else if (whose->member && choose_member(sentence, whose->member) < 0) {
    g_autofree char *two = say_member(sentence, whose->member->bound.other);
    sentence_ask(sentence, TARGET_LACKS_SPECIFIC, "Whose: %s or %s? Write which.", two, one);
  } else {
    return FALSE;
  }
  return TRUE;
}

static void set_whose(Sentence *sentence, const char *dimension, const char *member) {
  sentence->into->terms.dimension = g_strdup(dimension);
  sentence->into->terms.member = g_strdup(member);
}

static void set_within(Sentence *sentence, const TargetMember *group) {
  sentence->into->within_dimension = g_strdup(group->dimension);
  sentence->into->within = g_strdup(group->name);
}

/* What the sentence says, where it says one thing. */
static gboolean said_whose(Sentence *sentence, const Whose *whose, const char **dimension, const char **member) {
  if (is_each_within(sentence, whose)) {
    *dimension = each_dimension(whose->each);
    set_within(sentence, member_of(sentence, choose_member(sentence, whose->member)));
  } else if (whose->member) {
    const TargetMember *found = member_of(sentence, choose_member(sentence, whose->member));
    *dimension = found->dimension;
    *member = found->name;
    if (whose->member->bound.by_part) {
      g_autofree char *name = sentence_say_whose(*dimension, *member);
      g_autofree char *words = sentence_words(sentence, whose->member->from, whose->member->to);
      sentence_assume(sentence, "'%s' is %s", words, name);
    }
  } else if (whose->each) {
    *dimension = each_dimension(whose->each);
  } else if (whose->company) {
    *dimension = "company";
  } else {
    return FALSE;
  }
  return TRUE;
}

static gboolean is_same(const char *dimension, const char *member, const TargetHearing *hearing) {
  return g_str_equal(dimension, hearing->dimension) && (member == NULL) == (hearing->member == NULL) &&
         (!member || g_ascii_strcasecmp(member, hearing->member) == 0);
}

/* What the sentence and --for say together; FALSE: they do not agree. */
static gboolean bring_together(Sentence *sentence, const char *dimension, const char *member) {
  const TargetHearing *hearing = sentence->hearing;
  const TargetSentence *into = sentence->into;
  if (into->within) return is_same(into->within_dimension, into->within, hearing) || is_same(dimension, NULL, hearing);
  if (is_same(dimension, member, hearing)) return TRUE;
  if (member || !hearing->member || !is_group_of(hearing->dimension, dimension)) return FALSE;
  set_within(sentence, &(TargetMember){hearing->dimension, hearing->member});
  return TRUE;
}

static void agree(Sentence *sentence, const char *dimension, const char *member) {
  const TargetHearing *hearing = sentence->hearing;
  const TargetSentence *into = sentence->into;
  g_autofree char *who = sentence_say_whose(dimension, member);
  g_autofree char *within = into->within ? sentence_say_whose(into->within_dimension, into->within) : NULL;
  g_autofree char *said = within ? g_strconcat(who, " of ", within, NULL) : g_strdup(who);
  g_autofree char *given = sentence_say_whose(hearing->dimension, hearing->member);
  if (bring_together(sentence, dimension, member))
    set_whose(sentence, dimension, member);
  else if (!within && !member && !g_str_equal(dimension, "company") && hearing->member)
    sentence_ask(sentence, TARGET_LACKS_SPECIFIC, "Is the amount for %s together, or for %s? Leave one of the two out.",
                 given, said);
  else
    sentence_fail(sentence, BASE_ERROR_INPUT, "the sentence says %s, and beside it stands %s; leave one of them out",
                  said, given);
}

void sentence_decide_whose(Sentence *sentence) {
  const TargetHearing *hearing = sentence->hearing;
  Whose whose = collect(sentence);
  const char *dimension = NULL, *member = NULL;
  if (ask_whose(sentence, &whose)) return;
  if (said_whose(sentence, &whose, &dimension, &member)) {
    if (hearing->dimension)
      agree(sentence, dimension, member);
    else
      set_whose(sentence, dimension, member);
  } else if (hearing->dimension) {
    set_whose(sentence, hearing->dimension, hearing->member);
  } else if (whose.mine) {
    g_autofree char *words = sentence_words(sentence, whose.mine->from, whose.mine->to);
    gboolean team = strstr(words, "team") != NULL;
    sentence_ask(sentence, TARGET_LACKS_SPECIFIC,
                 "%s is '%s'? Write the name, or say beside the sentence whom it is for.", team ? "Which team" : "Who",
                 words);
  } else if (whose.by_the_way) {
    set_whose(sentence, "company", NULL);
  } else if (!sentence->kpi || !(sentence->into->lacks & TARGET_LACKS_SPECIFIC)) {
    sentence_ask(sentence, TARGET_LACKS_SPECIFIC,
                 "Whose target is it? Say for example 'of team North', 'per rep' or 'company-wide'.");
  }
}
