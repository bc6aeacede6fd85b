namespace Metaflow.Errors;

public static partial class ErrorCodes
{
    /// <summary>The internal <c>step</c> command was called with wrong arguments.</summary>
    public const string TaskCommandLineMalformed = "MF2090";

    /// <summary><c>--with</c> names a decorator or an attribute that does not exist.</summary>
    public const string UnknownDecorator = "MF2092";

    /// <summary><c>--run-id-file</c> names a file that cannot be written.</summary>
    public const string RunIdFileNotWritten = "MF2093";

    /// <summary>The file of an <c>[IncludeFile]</c> parameter cannot be read.</summary>
    public const string IncludedFileNotReadable = "MF2094";

    /// <summary>A task's process could not be started.</summary>
    public const string ProcessNotStarted = "MF6001";

    /// <summary>The system gives a process no more files, processes or threads.</summary>
    public const string SystemLimitReached = "MF3025";

    /// <summary>The program's own executable could not be found.</summary>
    public const string ProgramNotFound = "MF6002";

    /// <summary>A task's run is not registered.</summary>
    public const string RunNotRegistered = "MF5090";

    /// <summary>The framework found itself in a state that it thought impossible.</summary>
    public const string InternalFault = "MF9001";

    /// <summary>The program was built again while a run of it was at work.</summary>
    public const string ProgramRebuilt = "MF6037";

    /// <summary>A job ended, and neither it nor the system that ran it says how its task did.</summary>
    public const string JobEndedSilently = "MF6038";
}
