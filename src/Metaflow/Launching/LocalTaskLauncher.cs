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
    private readonly SpareProcesses? _spares;
    private readonly Thread _starter;

    /// <summary>Initializes a launcher.</summary>
    /// <param name="program">The program that runs tasks.</param>
    /// <param name="logs">Where logs grow while tasks run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="useSpares">Whether the program can wait for a task, so that processes may be started ahead of need.</param>
    public LocalTaskLauncher(ProgramLocation program, IAppendableBlobStore logs, TimeProvider time, bool useSpares)
    {
        _program = program;
        _spares = useSpares ? new SpareProcesses(program) : null;
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
    public void Expect(int tasks)
    {
        if (_spares is { } spares)
        {
            // More would only take the processors from the tasks that run.
            _starts.Add(() => spares.Fill(Math.Min(tasks, Environment.ProcessorCount)));
        }
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

        // Here, since its processes die with this thread.
        _spares?.Dispose();
    }

    private LocalTaskProcess Start(LaunchRequest request, ITaskProcessObserver observer)
    {
        Process? process = null;
        try
        {
            process = _spares?.Take(new TaskHandover(request.Arguments, request.Environment)) ?? StartAfresh(request);
            return new LocalTaskProcess(process, request, _logs, _time, observer);
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException)
        {
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
        catch (StorageException)
        {
            // Its logs cannot be kept, so that it must not run.
            process?.Kill(entireProcessTree: true);
            process?.Dispose();
            throw;
        }
    }

    private Process StartAfresh(LaunchRequest request)
    {
        var start = _program.ToStartInfo(request.Arguments);
        foreach (var (name, value) in request.Environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }
}
