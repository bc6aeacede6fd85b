using Metaflow.Platform;

namespace Metaflow.Launching;

/// <summary>The program of this task's process, as it was started: with the options of its host and with what chooses the flow.</summary>
internal static class OwnProgram
{
    private static readonly string[] Verbs = [TaskCommandLine.Verb, TaskHandover.Verb, WatchedTaskLine.Verb, OwnStacks.Verb];

    /// <summary>Finds the program.</summary>
    /// <returns>The program, without the arguments that say what it is to do.</returns>
    public static ProgramLocation Find()
    {
        static bool IsBefore(string argument) => !Verbs.Contains(argument);
        return OwnCommandLine.Arguments() is { } all && Environment.ProcessPath is { } executable
            ? new ProgramLocation(executable, [.. all.TakeWhile(IsBefore)])
            : ProgramLocation.Find().With([.. Environment.GetCommandLineArgs().Skip(1).TakeWhile(IsBefore)]);
    }
}
