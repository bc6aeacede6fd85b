using System.Diagnostics;
using System.Runtime.InteropServices;
using Metaflow.Errors;
using Metaflow.Running;

namespace Metaflow.Programs;

/// <summary>Turns Ctrl-C, SIGTERM, SIGQUIT and the end of the terminal into requests to stop the run.</summary>
internal sealed class InterruptionSignals : IDisposable
{
    /// <summary>For so long a signal is taken for one that came already, in a program that another one started: <c>metaflow run</c> passes
    /// signals on, and those of the terminal reach both.</summary>
    private static readonly TimeSpan Echo = TimeSpan.FromMilliseconds(300);

    /// <summary>For so long a command has time to end by itself when nobody hears the signal: it waits for a datastore that does not
    /// answer, say.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly PosixSignalRegistration[] _registrations;
    private readonly RunInterruption _interruption;
    private Timer? _end;

    /// <summary>Starts to listen.</summary>
    /// <param name="interruption">Receives the requests.</param>
    /// <param name="hasEchoes">Whether the program that started this one passes its signals on.</param>
    public InterruptionSignals(RunInterruption interruption, bool hasEchoes)
    {
        _interruption = interruption;
        _registrations =
        [
            Listen(PosixSignal.SIGINT, ExitCodes.Interrupted),
            Listen(PosixSignal.SIGTERM, ExitCodes.Terminated),
            Listen(PosixSignal.SIGHUP, ExitCodes.HungUp),
            Listen(PosixSignal.SIGQUIT, ExitCodes.Quit),
        ];

        PosixSignalRegistration Listen(PosixSignal signal, int exitCode)
        {
            long? last = null;
            return PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                var isEcho = hasEchoes && last is { } at && Stopwatch.GetElapsedTime(at) < Echo;
                last = isEcho ? last : Stopwatch.GetTimestamp();
                if (!isEcho)
                {
                    interruption.Request(exitCode);
                    EndUnheard(exitCode);
                }
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end?.Dispose();
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void EndUnheard(int exitCode)
    {
        if (!_interruption.IsHeard)
        {
            _end ??= new Timer(_ => End(exitCode), null, Grace, Timeout.InfiniteTimeSpan);
        }
    }

    private void End(int exitCode)
    {
        if (!_interruption.IsHeard)
        {
            Console.Error.WriteLine("Stopped as asked, while the command was waiting. No task of it was running.");
            Environment.Exit(exitCode);
        }
    }
}
