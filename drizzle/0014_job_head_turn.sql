-- Jobs of low priority lie a thousand rounds behind the head of the line. They are no head for others, or what comes after
-- them would queue behind them; where nothing else waits, the line begins so far before them.
create function job_head(of_kind text) returns bigint
language sql
stable
as $$
  select coalesce(
    least(
      (select turn from public.jobs where kind = of_kind and priority = 'high'
        and status = 'PENDING' and turn > 0 and parked_for is null order by turn limit 1),
      (select turn from public.jobs where kind = of_kind and priority = 'normal'
        and status = 'PENDING' and turn > 0 and parked_for is null order by turn limit 1)
    ),
    (select greatest(0, turn - 1000000000) from public.jobs where kind = of_kind and priority = 'low'
      and status = 'PENDING' and turn > 0 and parked_for is null order by turn limit 1)
  )
$$;
--> statement-breakpoint
create or replace function job_turn(of_workspace text, of_kind text, of_priority text) returns bigint
language plpgsql
as $$
declare
  -- In millionths of a round.
  a_round constant bigint := 1000000;
  -- A job of low priority lets so many rounds of the others go first.
  low_after constant bigint := 1000 * a_round;
  head bigint;
  tail bigint;
begin
  -- Two at once would be given the same place. Each statement below sees what was committed while this one waited.
  perform pg_advisory_xact_lock(hashtextextended('bellhop lane ' || of_workspace || ' ' || of_kind, 0));
  head := least(
    public.job_head(of_kind),
    (select j.turn from public.jobs j where j.parked_for = 'kind' and j.kind = of_kind and j.turn > 0
      order by j.turn limit 1)
  );
  if head is null then
    -- The first of its kind begins where the kinds are that the same workers take.
    head := (select min(public.job_head(peer.kind))
      from (select distinct unnest(w.kinds) as kind from public.workers w where w.kinds @> array[of_kind]) peer);
  end if;
  tail := (select max(last.turn) from unnest(
      case of_priority when 'low' then array['low', 'normal'] else array[of_priority] end
    ) lane(priority)
    cross join lateral (
      select j.turn from public.jobs j
      where j.workspace_id = of_workspace and j.kind = of_kind and j.priority = lane.priority
        and j.status = 'PENDING' and j.turn > 0
      order by j.turn desc limit 1
    ) last);
  return greatest(coalesce(head, 0) + case of_priority when 'low' then low_after else 0 end, coalesce(tail, 0))
    + a_round / coalesce((select w.job_weight from public.workspaces w where w.id = of_workspace), 1);
end
$$;
