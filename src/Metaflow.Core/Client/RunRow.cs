using Metaflow.Artifacts;
using Metaflow.Metadata;
using Metaflow.Runs;

namespace Metaflow.Client;

/// <summary>A run in a table of runs, to filter and to rank by LINQ: who started it, how it went, its parameters and its results.</summary>
/// <remarks>State, duration and tasks are those of the moment at which the table was read. A value is read on its first use; a small one is
/// then read for all runs of the table together.</remarks>
/// <typeparam name="TFlow">The flow's class.</typeparam>
public sealed class RunRow<TFlow>
    where TFlow : class, IArtifactHolder, new()
{
    private readonly RunSummary _summary;
    private readonly Lazy<TFlow>? _data;
    private readonly Lazy<TFlow>? _parameters;

    private RunRow(RunHandle<TFlow> run, RunSummary summary, IArtifactSource? end, IArtifactSource? parameters)
    {
        Run = run;
        _summary = summary;
        _data = end is null ? null : new Lazy<TFlow>(() => FlowView.Of<TFlow>(end));
        _parameters = parameters is null ? null : new Lazy<TFlow>(() => FlowView.Of<TFlow>(parameters));
    }

    /// <summary>Gets the run.</summary>
    public RunHandle<TFlow> Run { get; }

    /// <summary>Gets the id.</summary>
    public string Id => Run.Id;

    /// <summary>Gets the pathspec, <c>Flow/run</c>.</summary>
    public string Pathspec => Run.Pathspec;

    /// <summary>Gets who started the run.</summary>
    public string UserName => _summary.UserName;

    /// <summary>Gets the tags that users set.</summary>
    public IReadOnlyList<string> Tags => _summary.UserTags;

    /// <summary>Gets when the run was registered.</summary>
    public DateTimeOffset CreatedAt => _summary.CreatedAt;

    /// <summary>Gets the state.</summary>
    public RunState State => _summary.State;

    /// <summary>Gets a value indicating whether the run succeeded, so that <see cref="Data"/> has its results.</summary>
    public bool Successful => State == RunState.Succeeded;

    /// <summary>Gets how long the run took, or has been running; <see langword="null"/> when its end is unknown.</summary>
    public TimeSpan? Duration => _summary.Duration;

    /// <summary>Gets how many tasks there were.</summary>
    public RunProgress Tasks => _summary.Tasks;

    /// <summary>Gets the artifacts of the end task.</summary>
    /// <exception cref="Errors.MetadataException">The run has no end task (MF5004).</exception>
    public TFlow Data => _data?.Value ?? Run.Data;

    /// <summary>Gets the parameters, which a run that failed has too. Other artifacts are not set in it.</summary>
    /// <exception cref="Errors.MetadataException">The run has no parameters: it ended before they were stored (MF5004).</exception>
    public TFlow Parameters => _parameters?.Value ?? throw ClientErrors.NoParameters(Pathspec);

    /// <summary>Reads the rows of runs, of some at the same time.</summary>
    internal static async Task<IReadOnlyList<RunRow<TFlow>>> OfAsync(IEnumerable<RunHandle> runs, CancellationToken cancellationToken)
    {
        var read = await runs.ReadEachAsync(ReadAsync, cancellationToken).ConfigureAwait(false);
        var (ends, parameters) = (new RowSources(), new RowSources());
        return
        [
            .. read.Select(row => new RunRow<TFlow>(
                new RunHandle<TFlow>(row.Run), row.Summary, row.End is null ? null : ends.Add(row.End),
                row.Parameters is null ? null : parameters.Add(row.Parameters))),
        ];
    }

    private static async Task<(RunHandle Run, RunSummary Summary, TaskArtifacts? End, TaskArtifacts? Parameters)> ReadAsync(
        RunHandle run, CancellationToken cancellationToken)
    {
        var summary = await RunSummary.OfAsync(run, cancellationToken).ConfigureAwait(false);
        return (
            run, summary, await OpenAsync(run.GetEndTaskAsync, cancellationToken).ConfigureAwait(false),
            await OpenAsync(run.GetParametersTaskAsync, cancellationToken).ConfigureAwait(false));
    }

    // A run that cannot be read is in the table, and its error is for whoever asks for its data.
    private static async Task<TaskArtifacts?> OpenAsync(
        Func<CancellationToken, Task<TaskHandle?>> find, CancellationToken cancellationToken)
    {
        try
        {
            return await find(cancellationToken).ConfigureAwait(false) is { } task
                ? await task.SourceAsync(cancellationToken).ConfigureAwait(false)
                : null;
        }
        catch (Errors.MetaflowException)
        {
            return null;
        }
    }
}
