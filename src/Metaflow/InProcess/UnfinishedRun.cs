using Metaflow.Errors;

namespace Metaflow.InProcess;

/// <summary>A run whose tasks share the process of a flow program. If a step ends that process, the run ends with it. The exit code must
/// not say then that the run succeeded.</summary>
internal sealed class UnfinishedRun : IDisposable
{
    private UnfinishedRun() => AppDomain.CurrentDomain.ProcessExit += Fail;

    /// <summary>Watches the end of this process until the object is disposed of.</summary>
    /// <returns>The run.</returns>
    public static UnfinishedRun Watch() => new();

    /// <inheritdoc/>
    public void Dispose() => AppDomain.CurrentDomain.ProcessExit -= Fail;

    private static void Fail(object? sender, EventArgs arguments)
    {
        if (Environment.ExitCode is ExitCodes.Interrupted or ExitCodes.HungUp or ExitCodes.Quit or ExitCodes.Terminated)
        {
            // A second signal ended the program. Whoever sent it knows why.
            return;
        }

        if (Environment.ExitCode == ExitCodes.Success)
        {
            Environment.ExitCode = ExitCodes.Failure;
        }

        // Not the console's writer: on the thread of a task that is the task's, and nobody reads it any more.
        using var errors = new StreamWriter(Console.OpenStandardError());
        errors.WriteLine(
            "The run is not finished: a step ended the process of the run, for example by Environment.Exit. Tasks share that process with "
                + "'--isolation in-process'. Let the step throw an exception instead, or run with '--isolation process'. "
                + $"Then go on with 'resume --continue latest'. [{ErrorCodes.RunEndedByStep}]");
    }
}
