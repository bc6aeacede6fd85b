namespace Metaflow.Errors;

/// <summary>Exit codes of a flow's commands and of task processes; the same as Python Metaflow's.</summary>
public static class ExitCodes
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>A step failed, the definition is wrong, or an error of the framework ended the command.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>A task process failed and must not be retried.</summary>
    public const int FailedDoNotRetry = 202;

    /// <summary>A task process failed and may be retried.</summary>
    public const int FailedMayRetry = 203;

    /// <summary>The command was ended by Ctrl-C (128 + 2). Python Metaflow uses 1.</summary>
    public const int Interrupted = 130;

    /// <summary>The command was ended because its terminal was closed (128 + 1).</summary>
    public const int HungUp = 129;

    /// <summary>The command was ended by SIGQUIT (128 + 3).</summary>
    public const int Quit = 131;

    /// <summary>The command was ended by SIGTERM, after its grace (128 + 15).</summary>
    public const int Terminated = 143;
}
