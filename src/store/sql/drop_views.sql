-- The derived facts were views; they are tables now, which derived.c makes and fills.
DROP VIEW IF EXISTS stage_stay;
DROP VIEW IF EXISTS silence;
DROP VIEW IF EXISTS forecast_state;
DROP VIEW IF EXISTS close_date_move;
