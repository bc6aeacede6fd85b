using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Scheduling;

namespace Metaflow.Reuse;

/// <summary>Gangs are cloned as a whole or not at all: their tasks talk to each other, and one that is cloned would not answer.</summary>
internal sealed partial class ResumeRules
{
    private async Task<ResumeDecision> DecideGangAsync(ScheduledTask first, GangSeat seat)
    {
        var decision = await DecideOneAsync(first).ConfigureAwait(false);
        if (decision is not { Task: { } earlier, Result: { } result })
        {
            return decision;
        }

        var others = new List<ResumeDecision>();
        for (var index = 1; index < SizeOf(earlier, seat); index++)
        {
            var member = SchedulerState.MemberOf(first, seat, index);
            var other = await DecideOneAsync(member).ConfigureAwait(false);
            if (other.Task is null)
            {
                return Rerun($"of task {member.Key} of its gang: {other.Reason}");
            }

            others.Add(other);
        }

        return decision with
        {
            Others = others,
            Result = result with { GangSize = others.Count + 1 },
            IsCodeChanged = decision.IsCodeChanged || others.Exists(static other => other.IsCodeChanged),
        };
    }

    /// <summary>A gang whose tasks kept dying is left with its first alone, whose failure was caught.</summary>
    private static int SizeOf(EarlierTask first, GangSeat seat)
    {
        try
        {
            return first.Artifacts.Contains(InternalArtifacts.ControlMapperTasks)
                ? first.Artifacts.Load<List<string>>(InternalArtifacts.ControlMapperTasks).Count
                : seat.Size;
        }
        catch (StorageException)
        {
            return seat.Size;
        }
    }
}
