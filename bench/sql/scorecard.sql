-- A scorecard of 50 KPIs by rep (the owner's key) and month, written as well as it can be: one GROUP BY for each fact and the day on which
-- it counts, giving both years of the comparison.
--   inside(day)   the day lies in the 24 months        month_of(day)   its first day of the month
--   months        a table of the 24: start, until

-- won_deals lost_deals decided_deals revenue win_rate win_rate_broad win_rate_value average_deal_size average_discount expansion_won mean_sales_cycle sales_cycle lost_cycle median_deal_size
SELECT owner, month_of(closed_at_day),
  count(*) FILTER (WHERE outcome = 'won'), count(*) FILTER (WHERE outcome = 'lost'), count(*) FILTER (WHERE outcome IN ('won', 'lost')),
  sum(amount) FILTER (WHERE outcome = 'won') / 100,
  count(*) FILTER (WHERE outcome = 'won') / nullif(count(*) FILTER (WHERE outcome IN ('won', 'lost')), 0),
  count(*) FILTER (WHERE outcome = 'won') / nullif(count(*), 0),
  sum(amount) FILTER (WHERE outcome = 'won') / nullif(sum(amount) FILTER (WHERE outcome IN ('won', 'lost')), 0),
  sum(amount) FILTER (WHERE outcome = 'won' AND amount > 0) / 100 / nullif(count(*) FILTER (WHERE outcome = 'won' AND amount > 0), 0),
  1 - sum(amount) FILTER (WHERE outcome = 'won' AND list_amount IS NOT NULL) / nullif(sum(list_amount) FILTER (WHERE outcome = 'won' AND amount IS NOT NULL), 0),
  sum(amount) FILTER (WHERE outcome = 'won' AND type = 'expansion') / 100,
  avg(closed_at_day - created_at_day) FILTER (WHERE outcome = 'won'),
  median(closed_at_day - created_at_day) FILTER (WHERE outcome = 'won'),
  median(closed_at_day - created_at_day) FILTER (WHERE outcome = 'lost'),
  median(amount) FILTER (WHERE outcome = 'won' AND amount > 0) / 100
FROM opportunity WHERE outcome IN ('won', 'lost', 'abandoned') AND inside(closed_at_day) GROUP BY 1, 2
-- created_deals win_rate_created
SELECT owner, month_of(created_at_day), count(*), count(*) FILTER (WHERE outcome = 'won' AND closed_at_day <= created_at_day + 180) / count(*)
FROM opportunity WHERE inside(created_at_day) GROUP BY 1, 2
-- open_deals open_pipeline
WITH flow AS (
  SELECT owner, greatest(month_of(created_at_day), (SELECT min(start) FROM months)) AS month, count(*) AS n, sum(amount) AS amount FROM opportunity
  WHERE created_at_day < (SELECT max(until) FROM months) GROUP BY 1, 2
  UNION ALL
  SELECT owner, greatest(month_of(closed_at_day), (SELECT min(start) FROM months)), -count(*), -sum(amount) FROM opportunity
  WHERE closed_at_day < (SELECT max(until) FROM months) GROUP BY 1, 2),
net AS (
  SELECT p.key AS owner, m.start AS month, coalesce(sum(n), 0) AS n, coalesce(sum(amount), 0) AS amount
  FROM person p CROSS JOIN months m LEFT JOIN flow ON flow.owner = p.key AND flow.month = m.start GROUP BY 1, 2)
SELECT owner, month, sum(n) OVER along, sum(amount) OVER along / 100 FROM net WINDOW along AS (PARTITION BY owner ORDER BY month)
-- quote_to_close
SELECT owner, month_of(quoted_at_day), count(*) FILTER (WHERE outcome = 'won') / count(*) FROM opportunity WHERE inside(quoted_at_day) GROUP BY 1, 2
-- quota_attainment
WITH won AS (SELECT owner, month_of(closed_at_day) AS month, sum(amount) AS amount FROM opportunity WHERE outcome = 'won' AND inside(closed_at_day) GROUP BY 1, 2),
target AS (SELECT owner, starts_at_day AS month, sum(amount) AS amount FROM quota WHERE kpi = 'revenue' AND inside(starts_at_day) GROUP BY 1, 2)
SELECT owner, month, coalesce(won.amount, 0) / nullif(target.amount, 0) FROM target LEFT JOIN won USING (owner, month)
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
-- meetings_held_rate
SELECT owner, month_of(scheduled_at_day),
  count(*) FILTER (WHERE done_at IS NOT NULL AND coalesce(outcome, '') NOT IN ('cancelled', 'no_show')) / count(*) FROM activity
WHERE kind IN ('meeting', 'demo') AND inside(scheduled_at_day) GROUP BY 1, 2
-- leads speed_to_lead speed_to_lead_in_sla lead_conversion
SELECT l.owner, month_of(l.created_at_day), count(*),
  median((epoch_us(first_touched_at) - epoch_us(l.created_at)) / 86400e6) FILTER (WHERE first_touched_at IS NOT NULL),
  count(*) FILTER (WHERE first_touched_at <= l.created_at + INTERVAL 1 HOUR) / count(*),
  count(*) FILTER (WHERE o.outcome = 'won' AND o.closed_at_day <= l.created_at_day + 180) / count(*)
FROM lead l LEFT JOIN opportunity o ON o.key = l.opportunity WHERE inside(l.created_at_day) GROUP BY 1, 2
-- lead_response_time
SELECT owner, month_of(assigned_at_day), median((epoch_us(first_touched_at) - epoch_us(assigned_at)) / 86400e6) FROM lead
WHERE first_touched_at >= assigned_at AND inside(assigned_at_day) GROUP BY 1, 2
-- mql_to_sql
SELECT owner, month_of(marketing_qualified_at_day), count(*) FILTER (WHERE qualified_at_day <= marketing_qualified_at_day + 90) / count(*) FROM lead
WHERE inside(marketing_qualified_at_day) GROUP BY 1, 2
-- sql_to_opportunity
SELECT owner, month_of(qualified_at_day), count(*) FILTER (WHERE converted_at_day <= qualified_at_day + 90) / count(*) FROM lead
WHERE inside(qualified_at_day) GROUP BY 1, 2
-- invoiced_revenue gross_margin invoice_discount average_ticket purchase_frequency
SELECT owner, month_of(at_day), sum(net_amount) / 100,
  (sum(net_amount) FILTER (WHERE cost IS NOT NULL) - sum(cost) FILTER (WHERE net_amount IS NOT NULL)) / nullif(sum(net_amount) FILTER (WHERE cost IS NOT NULL), 0),
  1 - sum(net_amount) FILTER (WHERE list_amount IS NOT NULL) / nullif(sum(list_amount) FILTER (WHERE net_amount IS NOT NULL), 0),
  sum(net_amount) FILTER (WHERE net_amount > 0) / 100 / nullif(count(DISTINCT document) FILTER (WHERE net_amount > 0), 0),
  count(DISTINCT document) FILTER (WHERE net_amount > 0 AND kind <> 'refund') / nullif(count(DISTINCT account) FILTER (WHERE net_amount > 0 AND kind <> 'refund'), 0)
FROM sale WHERE inside(at_day) GROUP BY 1, 2
-- cases first_response_in_sla resolution_in_sla
SELECT owner, month_of(opened_at_day), count(*), count(*) FILTER (WHERE first_response_at <= opened_at + INTERVAL 4 HOUR) / count(*),
  count(*) FILTER (WHERE resolved_at <= opened_at + INTERVAL 48 HOUR) / count(*)
FROM "case" WHERE inside(opened_at_day) GROUP BY 1, 2
-- first_contact_resolution
SELECT owner, month_of(resolved_at_day), count(*) FILTER (WHERE contacts <= 1 AND NOT coalesce(reopened, false)) / count(*) FROM "case"
WHERE inside(resolved_at_day) GROUP BY 1, 2
-- csat nps ces
SELECT owner, month_of(at_day),
  count(*) FILTER (WHERE kind = 'csat' AND score >= coalesce(scale, 5) - 1) / nullif(count(*) FILTER (WHERE kind = 'csat'), 0),
  100 * (count(*) FILTER (WHERE kind = 'nps' AND person IS NULL AND score >= 9) - count(*) FILTER (WHERE kind = 'nps' AND person IS NULL AND score <= 6))
    / nullif(count(*) FILTER (WHERE kind = 'nps' AND person IS NULL), 0),
  avg(score) FILTER (WHERE kind = 'ces')
FROM survey WHERE score IS NOT NULL AND inside(at_day) GROUP BY 1, 2
-- training_completion
SELECT person, month_of(due_at_day), count(*) FILTER (WHERE completed_at_day <= due_at_day) / count(*) FROM training WHERE inside(due_at_day) GROUP BY 1, 2
-- coaching_adherence
SELECT person, month_of(due_at_day), count(held_at) / count(*) FROM coaching WHERE inside(due_at_day) GROUP BY 1, 2
-- actions_on_time
SELECT owner, month_of(due_at_day), count(*) FILTER (WHERE done_at_day <= due_at_day) / count(*) FROM action WHERE inside(due_at_day) GROUP BY 1, 2
