using System.Text;
using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Running;
using Metaflow.Runs;
using Metaflow.Scheduling;
using Metaflow.Storage;

namespace Metaflow.Reuse;

/// <summary>Lets several processes resume into the same run: the one that registers itself first leads and does the work, the others wait
/// for it.</summary>
/// <param name="context">What the run works with.</param>
/// <param name="resume">What is asked for, with the id of the new run.</param>
internal sealed class ResumeLeadership(RunContext context, ResumeRequest resume) : IRunLeadership
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a leader may take from its registration to the record that its run continues.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>How long a run may look ended before the record that its leader is done.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    private readonly string _identifier = resume.Identifier ?? $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}";

    // Where Python Metaflow's resume has them too.
    private string LeaderPath => $"{context.Definition.FlowName}/{resume.RunId}/{TaskPath.ParametersStep}/0/_resume_leader";

    private string DonePath => $"{context.Definition.FlowName}/{resume.RunId}/{TaskPath.ParametersStep}/0/_resume_done";

    /// <inheritdoc/>
    public async Task<RunOutcome?> FollowAsync(CancellationToken cancellationToken)
        => await TryLeadAsync().ConfigureAwait(false) ? null : await WaitAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task MarkDoneAsync()
        => await context.Datastore.Blobs.SaveAsync(
            [new BlobWrite(DonePath, "true"u8.ToArray())], overwrite: true, default).ConfigureAwait(false);

    /// <summary>Registers this process as the leader, unless another one is; an earlier process of the same identifier counts as this
    /// one.</summary>
    private async Task<bool> TryLeadAsync()
    {
        // A leader registers itself before its run.
        var flow = context.Definition.FlowName;
        if (await context.Metadata.FindRunAsync(flow, resume.RunId!, default).ConfigureAwait(false) is not null
            && await ReadAsync(LeaderPath).ConfigureAwait(false) is null)
        {
            throw ResumeErrors.RunExists(flow, resume.RunId!);
        }

        var mine = Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(_identifier)}\"");
        await context.Datastore.Blobs.SaveAsync([new BlobWrite(LeaderPath, mine)], overwrite: false, default).ConfigureAwait(false);
        return await ReadAsync(LeaderPath).ConfigureAwait(false) is { } registered && registered == Encoding.UTF8.GetString(mine)
            && await ReadAsync(DonePath).ConfigureAwait(false) is null;
    }

    /// <summary>Waits until the leader is done.</summary>
    private async Task<RunOutcome> WaitAsync(CancellationToken cancellationToken)
    {
        Say($"Not the leader of the resume into run {resume.RunId}: waiting for the leader, "
            + $"{await ReadAsync(LeaderPath).ConfigureAwait(false)}.");
        var idle = TimeSpan.Zero;
        while (await ReadAsync(DonePath).ConfigureAwait(false) is null)
        {
            var status = await StatusAsync().ConfigureAwait(false);
            idle = status is { State: RunState.Running or RunState.Pending } ? TimeSpan.Zero : idle + Pause;
            if (idle > (status is null ? Patience : Settling))
            {
                return await EndedAsync(status).ConfigureAwait(false);
            }

            await Task.Delay(Pause, context.Time, cancellationToken).ConfigureAwait(false);
        }

        return Outcome(await StatusAsync().ConfigureAwait(false));
    }

    // The leader records that it is done after the end of its run. It may have failed or died between the two, or long before.
    private async Task<RunOutcome> EndedAsync(RunStatus? status)
        => await ReadAsync(DonePath).ConfigureAwait(false) is not null
            || status is { State: RunState.Succeeded or RunState.Failed or RunState.Cancelled }
            ? Outcome(status)
            : throw Lost();

    private RunOutcome Outcome(RunStatus? status)
    {
        var succeeded = status?.State == RunState.Succeeded;
        var isPartial = !succeeded && resume.IsCloneOnly && status?.State == RunState.Cancelled;
        Say(succeeded || isPartial ? "The leader has finished the resume." : $"The leader's run did not succeed: {status?.Reason}");
        return new RunOutcome(resume.RunId!, succeeded, succeeded || isPartial ? ExitCodes.Success : ExitCodes.Failure, null)
        {
            IsPartial = isPartial,
        };
    }

    // A leader on another machine that gave no sign of life for a while is dead.
    private ValueTask<RunStatus?> StatusAsync()
        => RunLiveness.OfAsync(context.Datastore.Blobs, context.Definition.FlowName, resume.RunId!, context.Time, default);

    private async Task<string?> ReadAsync(string path)
    {
        if (await context.Datastore.Blobs.OpenAsync(path, default).ConfigureAwait(false) is not { } found)
        {
            return null;
        }

        using var reader = new StreamReader(found.Content);
        return await reader.ReadToEndAsync().ConfigureAwait(false);
    }

    private void Say(string text) => context.Observer.OnEvent(new RunEvent.Message(context.Time.GetUtcNow(), text));

    private MetadataException Lost() => new(
        ErrorCodes.ResumeLeaderLost,
        $"The process that led the resume into run '{resume.RunId}' has ended.",
        "It had not finished, so nobody does the work that this process is waiting for.",
        "Start it again with the same --resume-identifier, or resume into another --run-id.")
    { Pathspec = $"{context.Definition.FlowName}/{resume.RunId}" };
}
