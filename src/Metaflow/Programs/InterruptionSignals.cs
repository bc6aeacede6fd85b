using System.Runtime.InteropServices;
using Metaflow.Errors;
using Metaflow.Running;

namespace Metaflow.Programs;

/// <summary>Turns Ctrl-C, SIGTERM, SIGQUIT and the end of the terminal into requests to stop the run.</summary>
internal sealed class InterruptionSignals : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Starts to listen.</summary>
    /// <param name="interruption">Receives the requests.</param>
    public InterruptionSignals(RunInterruption interruption)
    {
        _registrations =
        [
            Listen(PosixSignal.SIGINT, ExitCodes.Interrupted),
            Listen(PosixSignal.SIGTERM, ExitCodes.Terminated),
            Listen(PosixSignal.SIGHUP, ExitCodes.HungUp),
            Listen(PosixSignal.SIGQUIT, ExitCodes.Quit),
        ];

        PosixSignalRegistration Listen(PosixSignal signal, int exitCode) => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            interruption.Request(exitCode);
        });
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
