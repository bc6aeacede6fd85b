using System.Globalization;
using System.Text;
using Metaflow.Cli.Views;
using Metaflow.Commands;
using Metaflow.Platform;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>Shows a run from its start to how it ended, and writes the explanations that <c>--explain-json</c> asks for.</summary>
internal sealed class ShownRun : IRunObserver, IDisposable
{
    /// <summary>The option that names the file of the explanations.</summary>
    public const string ExplainJson = "explain-json";

    private readonly FlowContext _context;
    private readonly IRunView _view;
    private readonly RunTally _tally = new();
    private readonly List<IReadOnlyDictionary<string, object?>> _explanations = [];

    /// <summary>Initializes the view of a run.</summary>
    /// <param name="context">The command's context.</param>
    public ShownRun(FlowContext context)
    {
        _context = context;
        _view = LogFormatOption.Open(context);
    }

    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent)
    {
        // Kept first: a view that takes no more must not lose them.
        _tally.Take(runEvent);
        switch (runEvent)
        {
            case RunEvent.TaskCloned cloned:
                _explanations.Add(Explanation(cloned, cloned.Task.WithoutFlow, cloned.Origin.WithoutFlow, cloned.Reason));
                break;
            case RunEvent.TaskNotReused refused:
                _explanations.Add(Explanation(refused, refused.Task.WithoutFlow, null, refused.Reason));
                break;
        }

        if (runEvent is not RunEvent.PackageProgress || !_context.IsQuiet)
        {
            _view.OnEvent(runEvent);
        }
    }

    /// <summary>Shows how the run ended.</summary>
    /// <param name="outcome">How it ended.</param>
    /// <returns>The exit code of the command.</returns>
    public int End(RunOutcome outcome)
    {
        _view.ShowEnd(EndOf(outcome));
        if (_context.Line.Text(ExplainJson) is { } file)
        {
            var lines = string.Concat(_explanations.Select(static data => PythonJson.WriteLine(data) + "\n"));
            OutputFile.Write(
                UserPath.Of(file, _context.Streams.WorkingFolder), stream => stream.Write(Encoding.UTF8.GetBytes(lines)), overwrite: true);
        }

        return outcome.ExitCode;
    }

    /// <summary>Ends the view: what it repaints is gone.</summary>
    public void Dispose() => _view.Dispose();

    private RunEnd EndOf(RunOutcome outcome)
    {
        var wasInterrupted = _context.Interruption.Requests > 0 && !outcome.Succeeded;
        var next = new NextCommands(_context, outcome.RunId);
        var datastore = _context.Settings.Datastore;
        var last = outcome.Succeeded ? _context.Application.Definition.Graph.EndStep?.Name : null;
        return new RunEnd(outcome, _tally)
        {
            WasInterrupted = wasInterrupted,
            IsQuiet = _context.IsQuiet,
            Datastore = datastore.IsLocal ? datastore.Root : datastore.ToString(),
            ResultsCommand = last is null ? null : next.Results(last),
            ResumeCommand = outcome.Succeeded ? null : next.Resume(outcome, wasInterrupted),
            AllLogsCommand = _tally.Failed.Count > 1 && !wasInterrupted ? next.LogsOfFailed() : null,
            LogsCommand = _tally.Failed is [var failed, ..] && !wasInterrupted ? next.Logs(failed.Task.Step, failed.Task.TaskId) : null,
        };
    }

    private static Dictionary<string, object?> Explanation(RunEvent runEvent, string task, string? origin, string? reason) => new()
    {
        ["at"] = runEvent.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        ["task"] = task,
        ["reused"] = origin is not null,
        ["origin"] = origin,
        ["reason"] = reason,
    };
}
