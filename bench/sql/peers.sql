-- scorecard.sql for PostgreSQL and SQLite, over peers-tables.sql: the months from {from} until {until}. What both say alike but for a
-- median, which is written `median of EXPRESSION from TABLE by MONTH where CONDITION` and put into each one's words by bench/peers.c.

-- won_deals lost_deals decided_deals revenue win_rate win_rate_broad win_rate_value average_deal_size average_discount expansion_won mean_sales_cycle
SELECT owner, closed_month,
  count(*) FILTER (WHERE outcome = 'won'), count(*) FILTER (WHERE outcome = 'lost'), count(*) FILTER (WHERE outcome IN ('won', 'lost')),
  sum(amount) FILTER (WHERE outcome = 'won') / 100.0,
  1.0 * count(*) FILTER (WHERE outcome = 'won') / nullif(count(*) FILTER (WHERE outcome IN ('won', 'lost')), 0),
  1.0 * count(*) FILTER (WHERE outcome = 'won') / nullif(count(*), 0),
  1.0 * sum(amount) FILTER (WHERE outcome = 'won') / nullif(sum(amount) FILTER (WHERE outcome IN ('won', 'lost')), 0),
  sum(amount) FILTER (WHERE outcome = 'won' AND amount > 0) / 100.0 / nullif(count(*) FILTER (WHERE outcome = 'won' AND amount > 0), 0),
  1 - 1.0 * sum(amount) FILTER (WHERE outcome = 'won' AND list_amount IS NOT NULL) / nullif(sum(list_amount) FILTER (WHERE outcome = 'won' AND amount IS NOT NULL), 0),
  sum(amount) FILTER (WHERE outcome = 'won' AND type = 'expansion') / 100.0,
  avg(closed_day - created_day) FILTER (WHERE outcome = 'won')
FROM opportunity WHERE outcome IN ('won', 'lost', 'abandoned') AND closed_month >= {from} AND closed_month < {until} GROUP BY closed_month, owner
-- sales_cycle
median of closed_day - created_day from opportunity by closed_month where outcome = 'won'
-- lost_cycle
median of closed_day - created_day from opportunity by closed_month where outcome = 'lost'
-- median_deal_size
median of amount / 100.0 from opportunity by closed_month where outcome = 'won' AND amount > 0
-- created_deals win_rate_created
SELECT owner, created_month, count(*), 1.0 * count(*) FILTER (WHERE outcome = 'won' AND closed_day <= created_day + 180) / count(*)
FROM opportunity WHERE created_month >= {from} AND created_month < {until} GROUP BY created_month, owner
-- open_deals open_pipeline
WITH flow AS (
  SELECT owner, created_month AS month, count(*) AS n, sum(amount) AS amount FROM opportunity WHERE created_month < {until} GROUP BY created_month, owner
  UNION ALL
  SELECT owner, closed_month, -count(*), -sum(amount) FROM opportunity WHERE closed_month < {until} GROUP BY closed_month, owner),
held AS (SELECT owner, CASE WHEN month < {from} THEN {from} ELSE month END AS month, sum(n) AS n, sum(amount) AS amount FROM flow GROUP BY 1, 2),
net AS (
  SELECT p.key AS owner, m.month, coalesce(n, 0) AS n, coalesce(amount, 0) AS amount
  FROM person p CROSS JOIN months m LEFT JOIN held ON held.owner = p.key AND held.month = m.month)
SELECT owner, month, sum(n) OVER along, sum(amount) OVER along / 100.0 FROM net WINDOW along AS (PARTITION BY owner ORDER BY month)
-- quote_to_close
SELECT owner, quoted_month, 1.0 * count(*) FILTER (WHERE outcome = 'won') / count(*) FROM opportunity
WHERE quoted_month >= {from} AND quoted_month < {until} GROUP BY quoted_month, owner
-- quota_attainment
WITH won AS (
  SELECT owner, closed_month AS month, sum(amount) AS amount FROM opportunity
  WHERE outcome = 'won' AND closed_month >= {from} AND closed_month < {until} GROUP BY closed_month, owner),
target AS (SELECT owner, month, sum(amount) AS amount FROM quota WHERE month >= {from} AND month < {until} GROUP BY 1, 2)
SELECT target.owner, target.month, 1.0 * coalesce(won.amount, 0) / nullif(target.amount, 0)
FROM target LEFT JOIN won ON won.owner = target.owner AND won.month = target.month
-- calls emails meetings demos activities connect_rate selling_time_share
SELECT owner, done_month,
  count(*) FILTER (WHERE kind = 'call'), count(*) FILTER (WHERE kind = 'email'),
  count(*) FILTER (WHERE kind = 'meeting' AND coalesce(outcome, '') NOT IN ('cancelled', 'no_show')),
  count(*) FILTER (WHERE kind = 'demo' AND coalesce(outcome, '') NOT IN ('cancelled', 'no_show')),
  count(*) FILTER (WHERE kind IN ('call', 'email', 'meeting', 'demo', 'proposal', 'message') AND coalesce(outcome, '') NOT IN ('cancelled', 'no_show')),
  1.0 * count(*) FILTER (WHERE kind = 'call' AND coalesce(direction, 'outbound') = 'outbound' AND outcome IN ('connected', 'held', 'replied'))
    / nullif(count(*) FILTER (WHERE kind = 'call' AND coalesce(direction, 'outbound') = 'outbound'), 0),
  1.0 * sum(duration) FILTER (WHERE kind IN ('call', 'email', 'meeting', 'demo', 'proposal', 'message')) / nullif(sum(duration), 0)
FROM activity WHERE done_month >= {from} AND done_month < {until} GROUP BY done_month, owner
-- meetings_held_rate
SELECT owner, scheduled_month,
  1.0 * count(*) FILTER (WHERE done_month IS NOT NULL AND coalesce(outcome, '') NOT IN ('cancelled', 'no_show')) / count(*) FROM activity
WHERE kind IN ('meeting', 'demo') AND scheduled_month >= {from} AND scheduled_month < {until} GROUP BY scheduled_month, owner
-- leads speed_to_lead_in_sla lead_conversion
SELECT l.owner, l.created_month, count(*), 1.0 * count(*) FILTER (WHERE touched_us <= created_us + 3600000000) / count(*),
  1.0 * count(*) FILTER (WHERE o.outcome = 'won' AND o.closed_day <= l.created_day + 180) / count(*)
FROM lead l LEFT JOIN opportunity o ON o.key = l.opportunity
WHERE l.created_month >= {from} AND l.created_month < {until} GROUP BY l.created_month, l.owner
-- speed_to_lead
median of (touched_us - created_us) / 86400e6 from lead by created_month where touched_us IS NOT NULL
-- lead_response_time
median of (touched_us - assigned_us) / 86400e6 from lead by assigned_month where touched_us >= assigned_us
-- mql_to_sql
SELECT owner, mql_month, 1.0 * count(*) FILTER (WHERE qualified_day <= mql_day + 90) / count(*) FROM lead
WHERE mql_month >= {from} AND mql_month < {until} GROUP BY mql_month, owner
-- sql_to_opportunity
SELECT owner, qualified_month, 1.0 * count(*) FILTER (WHERE converted_day <= qualified_day + 90) / count(*) FROM lead
WHERE qualified_month >= {from} AND qualified_month < {until} GROUP BY qualified_month, owner
-- invoiced_revenue gross_margin invoice_discount average_ticket purchase_frequency
SELECT owner, month, sum(net_amount) / 100.0,
  1.0 * (sum(net_amount) FILTER (WHERE cost IS NOT NULL) - sum(cost) FILTER (WHERE net_amount IS NOT NULL)) / nullif(sum(net_amount) FILTER (WHERE cost IS NOT NULL), 0),
  1 - 1.0 * sum(net_amount) FILTER (WHERE list_amount IS NOT NULL) / nullif(sum(list_amount) FILTER (WHERE net_amount IS NOT NULL), 0),
  sum(net_amount) FILTER (WHERE net_amount > 0) / 100.0 / nullif(count(DISTINCT document) FILTER (WHERE net_amount > 0), 0),
  1.0 * count(DISTINCT document) FILTER (WHERE net_amount > 0 AND kind <> 'refund') / nullif(count(DISTINCT account) FILTER (WHERE net_amount > 0 AND kind <> 'refund'), 0)
FROM sale WHERE month >= {from} AND month < {until} GROUP BY month, owner
-- cases first_response_in_sla resolution_in_sla
SELECT owner, opened_month, count(*), 1.0 * count(*) FILTER (WHERE responded_us <= opened_us + 14400000000) / count(*),
  1.0 * count(*) FILTER (WHERE resolved_us <= opened_us + 172800000000) / count(*)
FROM service WHERE opened_month >= {from} AND opened_month < {until} GROUP BY opened_month, owner
-- first_contact_resolution
SELECT owner, resolved_month, 1.0 * count(*) FILTER (WHERE contacts <= 1 AND coalesce(reopened, 0) = 0) / count(*) FROM service
WHERE resolved_month >= {from} AND resolved_month < {until} GROUP BY resolved_month, owner
-- csat nps ces
SELECT owner, month,
  1.0 * count(*) FILTER (WHERE kind = 'csat' AND score >= coalesce(scale, 5) - 1) / nullif(count(*) FILTER (WHERE kind = 'csat'), 0),
  100.0 * (count(*) FILTER (WHERE kind = 'nps' AND person IS NULL AND score >= 9) - count(*) FILTER (WHERE kind = 'nps' AND person IS NULL AND score <= 6))
    / nullif(count(*) FILTER (WHERE kind = 'nps' AND person IS NULL), 0),
  avg(score) FILTER (WHERE kind = 'ces')
FROM survey WHERE score IS NOT NULL AND month >= {from} AND month < {until} GROUP BY month, owner
-- training_completion
SELECT owner, month, 1.0 * count(*) FILTER (WHERE completed_day <= due_day) / count(*) FROM training WHERE month >= {from} AND month < {until} GROUP BY 1, 2
-- coaching_adherence
SELECT owner, month, 1.0 * count(held_day) / count(*) FROM coaching WHERE month >= {from} AND month < {until} GROUP BY 1, 2
-- actions_on_time
SELECT owner, month, 1.0 * count(*) FILTER (WHERE done_day <= due_day) / count(*) FROM action WHERE month >= {from} AND month < {until} GROUP BY 1, 2
