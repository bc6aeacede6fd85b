using Metaflow.Configs;
using Metaflow.Definition;
using Metaflow.Graph;
using Metaflow.Settings;

namespace Metaflow.Running;

/// <summary>A flow program as the command line sees it. The runtime implements it; the command line knows nothing else of the
/// runtime.</summary>
internal interface IFlowApplication
{
    /// <summary>Gets the flow's definition.</summary>
    FlowDefinition Definition { get; }

    /// <summary>Gets the settings, read once.</summary>
    MetaflowSettings Settings { get; }

    /// <summary>Gets how the user starts this program, for hints: <c>dotnet run flow.cs --</c> or the program's name.</summary>
    string Invocation { get; }

    /// <summary>Gets the names of the decorators that <c>--with</c> knows, sorted.</summary>
    IReadOnlyList<string> KnownDecorators { get; }

    /// <summary>Gets the names of decorators of flows, which <c>--with</c> cannot give to steps; none by default.</summary>
    IReadOnlyList<string> KnownFlowDecorators => [];

    /// <summary>Gets the options that decorators of the flow add to every command; none by default.</summary>
    IReadOnlyList<FlowOption> FlowOptions => [];

    /// <summary>Returns the same program with other settings, as options of the command line ask for.</summary>
    /// <param name="settings">The settings.</param>
    /// <returns>The program; this one is not changed.</returns>
    IFlowApplication WithSettings(MetaflowSettings settings);

    /// <summary>Checks the definition: the graph's rules and the decorators' own.</summary>
    /// <returns>All problems, errors first.</returns>
    IReadOnlyList<GraphProblem> Check();

    /// <summary>Compares the flow with the packages that steps run with, where these were resolved before and are on this
    /// machine.</summary>
    /// <param name="with">The decorators of the command line.</param>
    /// <param name="workingFolder">The folder from which the list of environments is looked for.</param>
    /// <returns>Warnings; none by default.</returns>
    Task<IReadOnlyList<GraphProblem>> CheckPackagesAsync(IReadOnlyList<string> with, string workingFolder)
        => Task.FromResult<IReadOnlyList<GraphProblem>>([]);

    /// <summary>Checks decorators as <c>--with</c> gives them, before anything is run.</summary>
    /// <param name="with">The texts: <c>name:attribute=value,…</c>.</param>
    /// <exception cref="Errors.ConfigurationException">MF2092: a name or an attribute is unknown, or a value does not fit. Else the code
    /// that the value gives in the source. The exit code is 2.</exception>
    void CheckDecorators(IReadOnlyList<string> with);

    /// <summary>Returns the definition with the decorators that are given and those of the settings. A text that refers to a
    /// configuration is passed over: what it stands for is known when a run begins.</summary>
    /// <param name="with">The texts: <c>name:attribute=value,…</c>; they are right, see <see cref="CheckDecorators"/>.</param>
    /// <returns>The definition: each step with its own decorators, the class's and the given ones.</returns>
    FlowDefinition Decorate(IReadOnlyList<string> with);

    /// <summary>Runs the flow.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="observer">Is told everything that happens, in order, from one thread at a time.</param>
    /// <param name="interruption">Asked to stop the run: tasks are asked to end, given a grace, then killed.</param>
    /// <returns>How it ended. A failed step is an outcome, not an exception.</returns>
    /// <exception cref="Errors.MetaflowException">The run could not start, or data could not be written.</exception>
    Task<RunOutcome> RunAsync(RunRequest request, IRunObserver observer, RunInterruption interruption);

    /// <summary>Continues a run that died, failed or was stopped, under its own id: what is finished stays as it is.</summary>
    /// <param name="request">Which run, and what differs from before.</param>
    /// <param name="observer">Is told everything that happens, in order, from one thread at a time.</param>
    /// <param name="interruption">Asked to stop the run.</param>
    /// <returns>How it ended. A failed step is an outcome, not an exception.</returns>
    /// <exception cref="Errors.MetadataException">There is no such run (MF5004), or it has no journal (MF5022) or one that cannot be read
    /// (MF5020, MF5021).</exception>
    /// <exception cref="Errors.LaunchException">The run is at work (MF6030) or has succeeded (MF6031), its graph changed (MF6032), or a
    /// task of it has no attempt left (MF6033) or a process that cannot be ended (MF6034).</exception>
    Task<RunOutcome> ContinueAsync(ContinueRequest request, IRunObserver observer, RunInterruption interruption);

    /// <summary>Says what a resume would clone and what it would run again. Nothing is written.</summary>
    /// <param name="request">The request with its <see cref="RunRequest.Resume"/>.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="Errors.MetaflowException">There is no run to resume (MF2070, MF2071), or no such step (MF2072).</exception>
    Task<ResumePlan> PlanAsync(RunRequest request);

    /// <summary>Runs one step on the inputs of an earlier task. Nothing of earlier runs is changed.</summary>
    /// <param name="request">Which step, and what to change.</param>
    /// <param name="observer">Is told what happens.</param>
    /// <param name="interruption">Asked to stop the task.</param>
    /// <returns>How it ended. A failed step is an outcome, not an exception.</returns>
    /// <exception cref="Errors.MetaflowException">The task is not there (MF2030, MF5004), cannot run on its own (MF2133), or a value is
    /// wrong (MF2004, MF2132).</exception>
    Task<SpinOutcome> SpinAsync(SpinRequest request, IRunObserver observer, RunInterruption interruption);
}

/// <summary>How a run ended.</summary>
/// <param name="RunId">The run's id.</param>
/// <param name="Succeeded">Whether the end step finished.</param>
/// <param name="ExitCode">The exit code of the command.</param>
/// <param name="Error">The error to show, or <see langword="null"/>.</param>
public sealed record RunOutcome(string RunId, bool Succeeded, int ExitCode, Errors.MetaflowException? Error)
{
    /// <summary>Gets a value indicating whether the run stopped before the end step because that was asked for. The default is
    /// <see langword="false"/>.</summary>
    public bool IsPartial { get; init; }
}

/// <summary>What the user asked to run.</summary>
internal sealed record RunRequest
{
    /// <summary>Gets the parameters given, by name on disk, as text. A parameter not given has its environment form or its
    /// default.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets where the flow's configurations come from.</summary>
    public ConfigRequest Configs { get; init; } = ConfigRequest.None;

    /// <summary>Gets the parameters that a program gives as values rather than as text, by name on disk; they come before texts.
    /// <see langword="null"/> (the default) when no program started the run, so that errors speak of the command line.</summary>
    public IReadOnlyDictionary<string, object?>? Values { get; init; }

    /// <summary>Gets the most tasks that run at once. The default is 16.</summary>
    public int MaxWorkers { get; init; } = 16;

    /// <summary>Gets the most tasks that one foreach may yield. The default is 100.</summary>
    public int MaxNumSplits { get; init; } = 100;

    /// <summary>Gets the most bytes kept of each log stream of a task, in MB of 1,048,576 bytes. The default is 10.</summary>
    public int MaxLogSize { get; init; } = 10;

    /// <summary>Gets the user's tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Gets the decorators attached to every step that lacks them, as <c>name:attribute=value,…</c>.</summary>
    public IReadOnlyList<string> With { get; init; } = [];

    /// <summary>Gets the values of the options that decorators of the flow add; none by default.</summary>
    public FlowOptionValues FlowOptions { get; init; } = FlowOptionValues.None;

    /// <summary>Gets the file that receives the run's id, or <see langword="null"/>.</summary>
    public string? RunIdFile { get; init; }

    /// <summary>Gets the namespace, or <see langword="null"/> for <c>user:name</c>.</summary>
    public string? Namespace { get; init; }

    /// <summary>Gets the pathspec of the task whose step runs the flow, or <see langword="null"/>.</summary>
    public string? ParentTask { get; init; }

    /// <summary>Gets which run to resume, or <see langword="null"/> for a run from the start.</summary>
    public ResumeRequest? Resume { get; init; }

    /// <summary>Gets the step after which the run stops, by its name on disk; <see langword="null"/> to run to the end.</summary>
    public string? Until { get; init; }

    /// <summary>Gets a value indicating whether tasks whose code and inputs are unchanged take their results from earlier runs. The
    /// default is <see langword="false"/>.</summary>
    public bool UsesCache { get; init; }

    /// <summary>Gets how many of the newest runs are looked into for such results. The default is 20.</summary>
    public int CacheRuns { get; init; } = 20;

    /// <summary>Gets a value indicating whether the run reports for each task why an earlier result was reused or not. The default is
    /// <see langword="false"/>.</summary>
    public bool Explains { get; init; }

    /// <summary>Gets the folder that relative paths in options are relative to. The default is the working folder.</summary>
    /// <exception cref="Errors.ConfigurationException">MF2047: it was removed, or cannot be entered.</exception>
    public string WorkingFolder
    {
        get => field ?? throw Settings.GivenTexts.NoWorkingFolder();
        init;
    } = Settings.GivenTexts.FindWorkingFolder()!;
}

/// <summary>How a run is asked to stop from outside.</summary>
internal sealed class RunInterruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private int _listeners;

    /// <summary>Gets the token that is cancelled when the run shall stop.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Gets the exit code that the command shall end with after the interruption.</summary>
    public int ExitCode { get; private set; }

    /// <summary>Gets how often a stop was requested; the second time, tasks are killed without a grace.</summary>
    public int Requests { get; private set; }

    /// <summary>Gets a value indicating whether somebody will do something about a request. Before a run begins, and after it, nobody
    /// does.</summary>
    public bool IsHeard => Volatile.Read(ref _listeners) > 0;

    /// <summary>Is raised from the second request on.</summary>
    public event Action? RequestedAgain;

    /// <summary>Is raised when the process ends although the run has not: what it started must end first.</summary>
    public event Func<Task>? Abandoned;

    /// <summary>Says that somebody will do something about requests, also about those that came already.</summary>
    /// <returns>Ends it.</returns>
    public IDisposable Hear() => new Listener(this);

    /// <summary>Asks the run to stop.</summary>
    /// <param name="exitCode">The exit code, such as <see cref="Errors.ExitCodes.Terminated"/>.</param>
    public void Request(int exitCode)
    {
        Requests++;
        if (Requests > 1)
        {
            RequestedAgain?.Invoke();
            return;
        }

        ExitCode = exitCode;
        _source.Cancel();
    }

    /// <summary>Ends what the run has started.</summary>
    /// <returns>A task that ends when it has ended.</returns>
    public Task AbandonAsync()
        => Task.WhenAll(Abandoned?.GetInvocationList().Cast<Func<Task>>().Select(static end => end()) ?? []);

    /// <summary>Does nothing that a request could meet: a signal that came just before may still be on its way.</summary>
    public void Dispose() => (RequestedAgain, Abandoned) = (null, null);

    private sealed class Listener : IDisposable
    {
        private RunInterruption? _interruption;

        public Listener(RunInterruption interruption)
        {
            _interruption = interruption;
            Interlocked.Increment(ref interruption._listeners);
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _interruption, null) is { } ended)
            {
                Interlocked.Decrement(ref ended._listeners);
            }
        }
    }
}
