-- What an analyst would write by hand: one query for each KPI, by rep (the owner's key) and month, over the twelve months asked.
--   inside(day)   the day lies in the twelve months        month_of(day)   its first day of the month
--   months        a table of the twelve: start, until
-- Each answers (rep, month, value); a value that is empty or a row that is missing means no value, or nothing. Money in major units.

-- calls
SELECT owner, month_of(done_at_day), count(*) FROM activity WHERE kind = 'call' AND inside(done_at_day) GROUP BY 1, 2
-- emails
SELECT owner, month_of(done_at_day), count(*) FROM activity WHERE kind = 'email' AND inside(done_at_day) GROUP BY 1, 2
-- meetings
SELECT owner, month_of(done_at_day), count(*) FROM activity
WHERE kind = 'meeting' AND coalesce(outcome, '') NOT IN ('cancelled', 'no_show') AND inside(done_at_day) GROUP BY 1, 2
-- demos
SELECT owner, month_of(done_at_day), count(*) FROM activity
WHERE kind = 'demo' AND coalesce(outcome, '') NOT IN ('cancelled', 'no_show') AND inside(done_at_day) GROUP BY 1, 2
-- activities
SELECT owner, month_of(done_at_day), count(*) FROM activity
WHERE kind IN ('call', 'email', 'meeting', 'demo', 'proposal', 'message') AND coalesce(outcome, '') NOT IN ('cancelled', 'no_show')
  AND inside(done_at_day) GROUP BY 1, 2
-- connect_rate
SELECT owner, month_of(done_at_day), count(*) FILTER (WHERE outcome IN ('connected', 'held', 'replied')) / count(*) FROM activity
WHERE kind = 'call' AND coalesce(direction, 'outbound') = 'outbound' AND inside(done_at_day) GROUP BY 1, 2
-- meetings_held_rate
SELECT owner, month_of(scheduled_at_day),
  count(*) FILTER (WHERE done_at IS NOT NULL AND coalesce(outcome, '') NOT IN ('cancelled', 'no_show')) / count(*) FROM activity
WHERE kind IN ('meeting', 'demo') AND inside(scheduled_at_day) GROUP BY 1, 2
-- selling_time_share
SELECT owner, month_of(done_at_day),
  sum(duration) FILTER (WHERE kind IN ('call', 'email', 'meeting', 'demo', 'proposal', 'message')) / sum(duration) FROM activity
WHERE inside(done_at_day) GROUP BY 1, 2
-- touches_per_win
WITH won AS (SELECT key, owner, closed_at_day FROM opportunity WHERE outcome = 'won' AND inside(closed_at_day)),
touch AS (
  SELECT a.owner, month_of(won.closed_at_day) AS month, count(*) AS n FROM activity a JOIN won ON won.key = a.opportunity
  WHERE a.kind IN ('call', 'email', 'meeting', 'demo', 'proposal', 'message') AND coalesce(a.outcome, '') NOT IN ('cancelled', 'no_show')
    AND a.done_at IS NOT NULL GROUP BY 1, 2),
deal AS (SELECT owner, month_of(closed_at_day) AS month, count(*) AS n FROM won GROUP BY 1, 2)
SELECT owner, month, coalesce(touch.n, 0) / deal.n FROM deal LEFT JOIN touch USING (owner, month)
-- leads
SELECT owner, month_of(created_at_day), count(*) FROM lead WHERE inside(created_at_day) GROUP BY 1, 2
-- speed_to_lead
SELECT owner, month_of(created_at_day), median((epoch_us(first_touched_at) - epoch_us(created_at)) / 86400e6) FROM lead
WHERE first_touched_at IS NOT NULL AND inside(created_at_day) GROUP BY 1, 2
-- speed_to_lead_in_sla
SELECT owner, month_of(created_at_day), count(*) FILTER (WHERE first_touched_at <= created_at + INTERVAL 1 HOUR) / count(*) FROM lead
WHERE inside(created_at_day) GROUP BY 1, 2
-- lead_response_time
SELECT owner, month_of(assigned_at_day), median((epoch_us(first_touched_at) - epoch_us(assigned_at)) / 86400e6) FROM lead
WHERE first_touched_at >= assigned_at AND inside(assigned_at_day) GROUP BY 1, 2
-- lead_conversion
SELECT l.owner, month_of(l.created_at_day), count(*) FILTER (WHERE o.outcome = 'won' AND o.closed_at_day <= l.created_at_day + 180) / count(*)
FROM lead l LEFT JOIN opportunity o ON o.key = l.opportunity WHERE inside(l.created_at_day) GROUP BY 1, 2
-- mql_to_sql
SELECT owner, month_of(marketing_qualified_at_day), count(*) FILTER (WHERE qualified_at_day <= marketing_qualified_at_day + 90) / count(*) FROM lead
WHERE inside(marketing_qualified_at_day) GROUP BY 1, 2
-- sql_to_opportunity
SELECT owner, month_of(qualified_at_day), count(*) FILTER (WHERE converted_at_day <= qualified_at_day + 90) / count(*) FROM lead
WHERE inside(qualified_at_day) GROUP BY 1, 2
-- won_deals
SELECT owner, month_of(closed_at_day), count(*) FROM opportunity WHERE outcome = 'won' AND inside(closed_at_day) GROUP BY 1, 2
-- lost_deals
SELECT owner, month_of(closed_at_day), count(*) FROM opportunity WHERE outcome = 'lost' AND inside(closed_at_day) GROUP BY 1, 2
-- decided_deals
SELECT owner, month_of(closed_at_day), count(*) FROM opportunity WHERE outcome IN ('won', 'lost') AND inside(closed_at_day) GROUP BY 1, 2
-- created_deals
SELECT owner, month_of(created_at_day), count(*) FROM opportunity WHERE inside(created_at_day) GROUP BY 1, 2
-- open_deals
WITH flow AS (
  SELECT owner, greatest(month_of(created_at_day), (SELECT min(start) FROM months)) AS month, count(*) AS n FROM opportunity
  WHERE created_at_day < (SELECT max(until) FROM months) GROUP BY 1, 2
  UNION ALL
  SELECT owner, greatest(month_of(closed_at_day), (SELECT min(start) FROM months)), -count(*) FROM opportunity
  WHERE closed_at_day < (SELECT max(until) FROM months) GROUP BY 1, 2),
net AS (SELECT p.key AS owner, m.start AS month, coalesce(sum(n), 0) AS n FROM person p CROSS JOIN months m LEFT JOIN flow ON flow.owner = p.key AND flow.month = m.start GROUP BY 1, 2)
SELECT owner, month, sum(n) OVER (PARTITION BY owner ORDER BY month) FROM net
-- open_pipeline
WITH flow AS (
  SELECT owner, greatest(month_of(created_at_day), (SELECT min(start) FROM months)) AS month, sum(amount) AS n FROM opportunity
  WHERE created_at_day < (SELECT max(until) FROM months) GROUP BY 1, 2
  UNION ALL
  SELECT owner, greatest(month_of(closed_at_day), (SELECT min(start) FROM months)), -sum(amount) FROM opportunity
  WHERE closed_at_day < (SELECT max(until) FROM months) GROUP BY 1, 2),
net AS (SELECT p.key AS owner, m.start AS month, coalesce(sum(n), 0) AS n FROM person p CROSS JOIN months m LEFT JOIN flow ON flow.owner = p.key AND flow.month = m.start GROUP BY 1, 2)
SELECT owner, month, sum(n) OVER (PARTITION BY owner ORDER BY month) / 100 FROM net
-- weighted_pipeline
SELECT owner, month_of(expected_close_day), sum(round(amount * probability)::BIGINT) / 100 FROM opportunity
WHERE inside(expected_close_day) AND created_at_day <= last_day(expected_close_day) AND (closed_at_day IS NULL OR closed_at_day > last_day(expected_close_day))
GROUP BY 1, 2
-- win_rate
SELECT owner, month_of(closed_at_day), count(*) FILTER (WHERE outcome = 'won') / count(*) FROM opportunity
WHERE outcome IN ('won', 'lost') AND inside(closed_at_day) GROUP BY 1, 2
-- win_rate_created
SELECT owner, month_of(created_at_day), count(*) FILTER (WHERE outcome = 'won' AND closed_at_day <= created_at_day + 180) / count(*) FROM opportunity
WHERE inside(created_at_day) GROUP BY 1, 2
-- win_rate_value
SELECT owner, month_of(closed_at_day), sum(amount) FILTER (WHERE outcome = 'won') / sum(amount) FROM opportunity
WHERE outcome IN ('won', 'lost') AND inside(closed_at_day) GROUP BY 1, 2
-- win_rate_broad
SELECT owner, month_of(closed_at_day), count(*) FILTER (WHERE outcome = 'won') / count(*) FROM opportunity
WHERE outcome IN ('won', 'lost', 'abandoned') AND inside(closed_at_day) GROUP BY 1, 2
-- sales_cycle
SELECT owner, month_of(closed_at_day), median(closed_at_day - created_at_day) FROM opportunity
WHERE outcome = 'won' AND inside(closed_at_day) GROUP BY 1, 2
-- mean_sales_cycle
SELECT owner, month_of(closed_at_day), avg(closed_at_day - created_at_day) FROM opportunity
WHERE outcome = 'won' AND inside(closed_at_day) GROUP BY 1, 2
-- lost_cycle
SELECT owner, month_of(closed_at_day), median(closed_at_day - created_at_day) FROM opportunity
WHERE outcome = 'lost' AND inside(closed_at_day) GROUP BY 1, 2
-- revenue
SELECT owner, month_of(closed_at_day), sum(amount) / 100 FROM opportunity WHERE outcome = 'won' AND inside(closed_at_day) GROUP BY 1, 2
-- sales_growth
WITH month AS (
  SELECT owner, month_of(closed_at_day) AS month, sum(amount) AS amount FROM opportunity
  WHERE outcome = 'won' AND closed_at_day >= (SELECT min(start) - INTERVAL 1 MONTH FROM months) AND closed_at_day < (SELECT max(until) FROM months)
  GROUP BY 1, 2)
SELECT b.owner, (b.month + INTERVAL 1 MONTH)::DATE, coalesce(a.amount, 0) / nullif(b.amount, 0) - 1
FROM month b LEFT JOIN month a ON a.owner = b.owner AND a.month = b.month + INTERVAL 1 MONTH
WHERE inside(b.month + INTERVAL 1 MONTH)
-- sales_growth_year
WITH month AS (
  SELECT owner, month_of(closed_at_day) AS month, sum(amount) AS amount FROM opportunity
  WHERE outcome = 'won' AND closed_at_day >= (SELECT min(start) - INTERVAL 1 YEAR FROM months) AND closed_at_day < (SELECT max(until) FROM months)
  GROUP BY 1, 2)
SELECT b.owner, (b.month + INTERVAL 1 YEAR)::DATE, coalesce(a.amount, 0) / nullif(b.amount, 0) - 1
FROM month b LEFT JOIN month a ON a.owner = b.owner AND a.month = b.month + INTERVAL 1 YEAR
WHERE inside(b.month + INTERVAL 1 YEAR)
-- quota_attainment
WITH won AS (SELECT owner, month_of(closed_at_day) AS month, sum(amount) AS amount FROM opportunity WHERE outcome = 'won' AND inside(closed_at_day) GROUP BY 1, 2),
target AS (SELECT owner, starts_at_day AS month, sum(amount) AS amount FROM quota WHERE kpi = 'revenue' AND inside(starts_at_day) GROUP BY 1, 2)
SELECT owner, month, coalesce(won.amount, 0) / nullif(target.amount, 0) FROM target LEFT JOIN won USING (owner, month)
-- average_deal_size
SELECT owner, month_of(closed_at_day), avg(amount) / 100 FROM opportunity WHERE outcome = 'won' AND amount > 0 AND inside(closed_at_day) GROUP BY 1, 2
-- median_deal_size
SELECT owner, month_of(closed_at_day), median(amount) / 100 FROM opportunity WHERE outcome = 'won' AND amount > 0 AND inside(closed_at_day) GROUP BY 1, 2
-- average_discount
SELECT owner, month_of(closed_at_day), 1 - sum(amount) / sum(list_amount) FROM opportunity
WHERE outcome = 'won' AND amount IS NOT NULL AND list_amount IS NOT NULL AND inside(closed_at_day) GROUP BY 1, 2
-- expansion_won
SELECT owner, month_of(closed_at_day), sum(amount) / 100 FROM opportunity
WHERE outcome = 'won' AND type = 'expansion' AND inside(closed_at_day) GROUP BY 1, 2
-- quote_to_close
SELECT owner, month_of(quoted_at_day), count(*) FILTER (WHERE outcome = 'won') / count(*) FROM opportunity WHERE inside(quoted_at_day) GROUP BY 1, 2
-- pipeline_created
SELECT f.owner, month_of(o.created_at_day), sum(f.amount) / 100 FROM forecast_state f JOIN opportunity o ON o.key = f.opportunity
WHERE f."first" AND inside(o.created_at_day) GROUP BY 1, 2
-- stage_conversion
SELECT owner, month_of(entered_at_day), count(passed_at) / count(*) FROM stage_stay WHERE inside(entered_at_day) GROUP BY 1, 2
-- time_in_stage_left
SELECT owner, month_of(left_at_day), median(left_at_day - entered_at_day) FROM stage_stay WHERE NOT skipped AND inside(left_at_day) GROUP BY 1, 2
-- pushes_per_deal
WITH deal AS (SELECT key, owner, closed_at_day FROM opportunity WHERE outcome <> 'open' AND inside(closed_at_day)),
push AS (
  SELECT c.owner, month_of(deal.closed_at_day) AS month, count(*) AS n FROM close_date_move c JOIN deal ON deal.key = c.opportunity
  WHERE c.kind = 'pushed' GROUP BY 1, 2),
closed AS (SELECT owner, month_of(closed_at_day) AS month, count(*) AS n FROM deal GROUP BY 1, 2)
SELECT owner, month, coalesce(push.n, 0) / closed.n FROM closed LEFT JOIN push USING (owner, month)
-- waterfall_start
SELECT owner, month_of(expected_close_day), sum(amount) / 100 FROM forecast_state
WHERE inside(expected_close_day) AND known_at_day < month_of(expected_close_day)
  AND (superseded_at_day IS NULL OR superseded_at_day >= month_of(expected_close_day)) GROUP BY 1, 2
-- coverage_at_start
WITH due AS (
  SELECT owner, month_of(expected_close_day) AS month, sum(amount) AS amount FROM forecast_state
  WHERE inside(expected_close_day) AND known_at_day < month_of(expected_close_day)
    AND (superseded_at_day IS NULL OR superseded_at_day >= month_of(expected_close_day)) GROUP BY 1, 2),
target AS (SELECT owner, starts_at_day AS month, sum(amount) AS amount FROM quota WHERE kpi = 'revenue' AND inside(starts_at_day) GROUP BY 1, 2)
SELECT owner, month, coalesce(due.amount, 0) / nullif(target.amount, 0) FROM target LEFT JOIN due USING (owner, month)
-- invoiced_revenue
SELECT owner, month_of(at_day), sum(net_amount) / 100 FROM sale WHERE inside(at_day) GROUP BY 1, 2
-- invoiced_growth
WITH month AS (
  SELECT owner, month_of(at_day) AS month, sum(net_amount) AS amount FROM sale
  WHERE at_day >= (SELECT min(start) - INTERVAL 1 MONTH FROM months) AND at_day < (SELECT max(until) FROM months) GROUP BY 1, 2)
SELECT b.owner, (b.month + INTERVAL 1 MONTH)::DATE, CASE WHEN b.amount > 0 THEN coalesce(a.amount, 0) / b.amount - 1 END
FROM month b LEFT JOIN month a ON a.owner = b.owner AND a.month = b.month + INTERVAL 1 MONTH
WHERE inside(b.month + INTERVAL 1 MONTH)
-- gross_margin
SELECT owner, month_of(at_day), (sum(net_amount) - sum(cost)) / nullif(sum(net_amount), 0) FROM sale
WHERE cost IS NOT NULL AND net_amount IS NOT NULL AND inside(at_day) GROUP BY 1, 2
-- invoice_discount
SELECT owner, month_of(at_day), 1 - sum(net_amount) / nullif(sum(list_amount), 0) FROM sale
WHERE list_amount IS NOT NULL AND net_amount IS NOT NULL AND inside(at_day) GROUP BY 1, 2
-- average_ticket
SELECT owner, month_of(at_day), sum(net_amount) / 100 / count(DISTINCT document) FROM sale WHERE net_amount > 0 AND inside(at_day) GROUP BY 1, 2
-- purchase_frequency
SELECT owner, month_of(at_day), count(DISTINCT document) / count(DISTINCT account) FROM sale
WHERE net_amount > 0 AND kind <> 'refund' AND inside(at_day) GROUP BY 1, 2
-- new_customers
WITH buy AS (
  SELECT owner, account, closed_at_day AS day FROM opportunity WHERE outcome = 'won' AND account IS NOT NULL
  UNION ALL
  SELECT owner, account, at_day FROM sale WHERE net_amount > 0 AND kind <> 'refund' AND account IS NOT NULL),
first AS (SELECT owner, account, min(day) AS day FROM buy GROUP BY 1, 2)
SELECT owner, month_of(day), count(*) FROM first WHERE inside(day) GROUP BY 1, 2
-- customers
WITH buy AS (
  SELECT owner, account, closed_at_day AS day FROM opportunity WHERE outcome = 'won' AND account IS NOT NULL
  UNION ALL
  SELECT owner, account, at_day FROM sale WHERE net_amount > 0 AND kind <> 'refund' AND account IS NOT NULL),
first AS (SELECT owner, account, min(day) AS day FROM buy GROUP BY 1, 2)
SELECT owner, m.start, count(*) FROM first JOIN months m ON first.day < m.until GROUP BY 1, 2
-- active_customers
WITH buy AS (
  SELECT DISTINCT owner, account, month_of(closed_at_day) AS month FROM opportunity
  WHERE outcome = 'won' AND account IS NOT NULL AND closed_at_day >= (SELECT min(start) - INTERVAL 11 MONTH FROM months) AND closed_at_day < (SELECT max(until) FROM months)
  UNION
  SELECT DISTINCT owner, account, month_of(at_day) FROM sale
  WHERE net_amount > 0 AND kind <> 'refund' AND account IS NOT NULL AND at_day >= (SELECT min(start) - INTERVAL 11 MONTH FROM months) AND at_day < (SELECT max(until) FROM months))
SELECT owner, m.start, count(DISTINCT account) FROM buy JOIN months m ON buy.month <= m.start AND buy.month > m.start - INTERVAL 12 MONTH GROUP BY 1, 2
-- mrr
WITH net AS (
  SELECT p.key AS owner, m.start AS month, coalesce(sum(mrr_change), 0) AS n FROM person p CROSS JOIN months m
  LEFT JOIN (SELECT owner, greatest(month_of(at_day), (SELECT min(start) FROM months)) AS month, mrr_change FROM subscription_change
    WHERE at_day < (SELECT max(until) FROM months)) f ON f.owner = p.key AND f.month = m.start GROUP BY 1, 2)
SELECT owner, month, sum(n) OVER (PARTITION BY owner ORDER BY month) / 100 FROM net
-- nrr
WITH change AS (SELECT owner, account, at_day AS day, mrr_change AS n FROM subscription_change WHERE at_day < (SELECT max(until) FROM months)),
held AS (
  SELECT owner, account, m.start AS month, sum(n) FILTER (WHERE day < m.start) AS at_start, sum(n) AS at_end
  FROM change JOIN months m ON change.day < m.until GROUP BY 1, 2, 3)
SELECT owner, month, sum(at_end) / sum(at_start) FROM held WHERE at_start > 0 GROUP BY 1, 2
-- grr
WITH change AS (SELECT owner, account, at_day AS day, mrr_change AS n FROM subscription_change WHERE at_day < (SELECT max(until) FROM months)),
held AS (
  SELECT owner, account, m.start AS month, sum(n) FILTER (WHERE day < m.start) AS at_start, sum(n) AS at_end
  FROM change JOIN months m ON change.day < m.until GROUP BY 1, 2, 3)
SELECT owner, month, sum(least(at_end, at_start)) / sum(at_start) FROM held WHERE at_start > 0 GROUP BY 1, 2
-- churn_rate
WITH change AS (SELECT owner, account, at_day AS day, mrr_change AS n FROM subscription_change WHERE at_day < (SELECT max(until) FROM months)),
held AS (
  SELECT owner, account, m.start AS month, sum(n) FILTER (WHERE day < m.start) AS at_start, sum(n) AS at_end
  FROM change JOIN months m ON change.day < m.until GROUP BY 1, 2, 3)
SELECT owner, month, count(*) FILTER (WHERE at_end <= 0) / count(*) FROM held WHERE at_start > 0 GROUP BY 1, 2
-- cases
SELECT owner, month_of(opened_at_day), count(*) FROM "case" WHERE inside(opened_at_day) GROUP BY 1, 2
-- first_response_in_sla
SELECT owner, month_of(opened_at_day), count(*) FILTER (WHERE first_response_at <= opened_at + INTERVAL 4 HOUR) / count(*) FROM "case"
WHERE inside(opened_at_day) GROUP BY 1, 2
-- resolution_in_sla
SELECT owner, month_of(opened_at_day), count(*) FILTER (WHERE resolved_at <= opened_at + INTERVAL 48 HOUR) / count(*) FROM "case"
WHERE inside(opened_at_day) GROUP BY 1, 2
-- first_contact_resolution
SELECT owner, month_of(resolved_at_day), count(*) FILTER (WHERE contacts <= 1 AND NOT coalesce(reopened, false)) / count(*) FROM "case"
WHERE inside(resolved_at_day) GROUP BY 1, 2
-- csat
SELECT owner, month_of(at_day), count(*) FILTER (WHERE score >= coalesce(scale, 5) - 1) / count(*) FROM survey
WHERE kind = 'csat' AND score IS NOT NULL AND inside(at_day) GROUP BY 1, 2
-- nps
SELECT owner, month_of(at_day), 100 * (count(*) FILTER (WHERE score >= 9) - count(*) FILTER (WHERE score <= 6)) / count(*) FROM survey
WHERE kind = 'nps' AND person IS NULL AND score IS NOT NULL AND inside(at_day) GROUP BY 1, 2
-- ces
SELECT owner, month_of(at_day), avg(score) FROM survey WHERE kind = 'ces' AND inside(at_day) GROUP BY 1, 2
-- training_completion
SELECT person, month_of(due_at_day), count(*) FILTER (WHERE completed_at_day <= due_at_day) / count(*) FROM training WHERE inside(due_at_day) GROUP BY 1, 2
-- coaching_adherence
SELECT person, month_of(due_at_day), count(held_at) / count(*) FROM coaching WHERE inside(due_at_day) GROUP BY 1, 2
-- actions_on_time
SELECT owner, month_of(due_at_day), count(*) FILTER (WHERE done_at_day <= due_at_day) / count(*) FROM action WHERE inside(due_at_day) GROUP BY 1, 2
