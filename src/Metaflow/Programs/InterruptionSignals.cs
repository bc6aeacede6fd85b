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

    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Starts to listen.</summary>
    /// <param name="interruption">Receives the requests.</param>
    /// <param name="hasEchoes">Whether the program that started this one passes its signals on.</param>
    public InterruptionSignals(RunInterruption interruption, bool hasEchoes)
    {
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
                }
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }
}
