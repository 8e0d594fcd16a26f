-- The best single query for each fact: every additive measure as a filtered aggregate, by owner and month.
-- The measures are anchored on different days; those on one day share a pass, and the passes are joined in one statement.

-- won_deals lost_deals decided_deals revenue win_rate win_rate_broad win_rate_value average_deal_size average_discount expansion_won mean_sales_cycle
SELECT owner, month_of(closed_at_day),
  count(*) FILTER (WHERE outcome = 'won'), count(*) FILTER (WHERE outcome = 'lost'), count(*) FILTER (WHERE outcome IN ('won', 'lost')),
  sum(amount) FILTER (WHERE outcome = 'won') / 100,
  count(*) FILTER (WHERE outcome = 'won') / nullif(count(*) FILTER (WHERE outcome IN ('won', 'lost')), 0),
  count(*) FILTER (WHERE outcome = 'won') / nullif(count(*), 0),
  sum(amount) FILTER (WHERE outcome = 'won') / nullif(sum(amount) FILTER (WHERE outcome IN ('won', 'lost')), 0),
  sum(amount) FILTER (WHERE outcome = 'won' AND amount > 0) / 100 / nullif(count(*) FILTER (WHERE outcome = 'won' AND amount > 0), 0),
  1 - sum(amount) FILTER (WHERE outcome = 'won' AND list_amount IS NOT NULL) / nullif(sum(list_amount) FILTER (WHERE outcome = 'won' AND amount IS NOT NULL), 0),
  sum(amount) FILTER (WHERE outcome = 'won' AND type = 'expansion') / 100,
  avg(closed_at_day - created_at_day) FILTER (WHERE outcome = 'won')
FROM opportunity WHERE outcome IN ('won', 'lost', 'abandoned') AND inside(closed_at_day) GROUP BY 1, 2

-- calls emails meetings demos activities connect_rate selling_time_share
SELECT owner, month_of(done_at_day),
  count(*) FILTER (WHERE kind = 'call'), count(*) FILTER (WHERE kind = 'email'),
  count(*) FILTER (WHERE kind = 'meeting' AND coalesce(outcome, '') NOT IN ('cancelled', 'no_show')),
  count(*) FILTER (WHERE kind = 'demo' AND coalesce(outcome, '') NOT IN ('cancelled', 'no_show')),
  count(*) FILTER (WHERE kind IN ('call', 'email', 'meeting', 'demo', 'proposal', 'message') AND coalesce(outcome, '') NOT IN ('cancelled', 'no_show')),
  count(*) FILTER (WHERE kind = 'call' AND coalesce(direction, 'outbound') = 'outbound' AND outcome IN ('connected', 'held', 'replied'))
    / nullif(count(*) FILTER (WHERE kind = 'call' AND coalesce(direction, 'outbound') = 'outbound'), 0),
  sum(duration) FILTER (WHERE kind IN ('call', 'email', 'meeting', 'demo', 'proposal', 'message')) / nullif(sum(duration), 0)
FROM activity WHERE inside(done_at_day) GROUP BY 1, 2
