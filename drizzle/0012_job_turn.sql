-- Gives a job its place among those that wait (docs/decisions/0009-turns-of-workspaces.md): start-time fair queuing. A
-- lane is what one workspace waits for of one kind, with one priority. A job comes one round behind the last of its lane,
-- and no lane begins before the head of the line; a workspace of weight 3 takes three places in a round.
create function job_turn(of_workspace text, of_kind text, of_priority text) returns bigint
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
    (select j.turn from public.jobs j
      where j.kind = of_kind and j.status = 'PENDING' and j.turn > 0 and j.parked_for is null
      order by j.turn limit 1),
    (select j.turn from public.jobs j where j.kind = of_kind and j.parked_for = 'kind' order by j.turn limit 1)
  );
  if head is null then
    -- The first of its kind begins where the kinds are that the same workers take.
    select min(first.turn) into head
    from (select distinct unnest(w.kinds) as kind from public.workers w where w.kinds @> array[of_kind]) peer
    cross join lateral (
      select j.turn from public.jobs j
      where j.kind = peer.kind and j.status = 'PENDING' and j.turn > 0 and j.parked_for is null
      order by j.turn limit 1
    ) first;
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
