using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.Launching;

/// <summary>Runs each task in a process of its own on this machine.</summary>
/// <remarks>One thread starts all processes and lives as long as the launcher: on Linux a task asks to die with the <em>thread</em> that started it.</remarks>
internal sealed class LocalTaskLauncher : ITaskLauncher, IDisposable
{
    private readonly ProgramLocation _program;
    private readonly IAppendableBlobStore _logs;
    private readonly TimeProvider _time;
    private readonly BlockingCollection<Action> _starts = [];
    private readonly Thread _starter;

    /// <summary>Initializes a launcher.</summary>
    /// <param name="program">The program that runs tasks.</param>
    /// <param name="logs">Where logs grow while tasks run.</param>
    /// <param name="time">The clock.</param>
    public LocalTaskLauncher(ProgramLocation program, IAppendableBlobStore logs, TimeProvider time)
    {
        _program = program;
        _logs = logs;
        _time = time;
        _starter = new Thread(StartAll) { IsBackground = true, Name = "metaflow task starter" };
        _starter.Start();
    }

    /// <inheritdoc/>
    public ITaskProcess Launch(LaunchRequest request, ITaskProcessObserver observer)
    {
        var started = new TaskCompletionSource<LocalTaskProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        _starts.Add(() =>
        {
            try
            {
                started.SetResult(Start(request, observer));
            }
            catch (MetaflowException error)
            {
                started.SetException(error);
            }
        });
        return started.Task.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _starts.CompleteAdding();
        _starter.Join();
        _starts.Dispose();
    }

    private void StartAll()
    {
        foreach (var start in _starts.GetConsumingEnumerable())
        {
            start();
        }
    }

    private LocalTaskProcess Start(LaunchRequest request, ITaskProcessObserver observer)
    {
        var description = new ProcessStartInfo(_program.FileName)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in _program.Arguments.Concat(request.Arguments))
        {
            description.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in request.Environment)
        {
            description.Environment[name] = value;
        }

        var process = new LocalTaskProcess(new Process { StartInfo = description }, request, _logs, _time, observer);
        try
        {
            process.Start();
            return process;
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException)
        {
            process.Dispose();
            throw new LaunchException(
                ErrorCodes.ProcessNotStarted,
                $"The process of task '{request.Task.WithoutFlow}' could not be started.",
                $"Starting '{_program.FileName}' failed: {error.Message}.",
                "Check that the program still exists and that the machine has processes and memory left; --max-workers lowers how many run at once.",
                error)
            {
                IsTransient = true,
                Pathspec = request.Task.ToString(),
            };
        }
    }
}
