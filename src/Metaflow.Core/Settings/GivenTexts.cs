using Metaflow.Errors;
using Metaflow.Platform;

namespace Metaflow.Settings;

/// <summary>What a process is started with: arguments, variables and the folder that it works in.</summary>
internal static class GivenTexts
{
    private const char Replacement = '\ufffd';

    /// <summary>Refuses arguments of which bytes were lost.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <exception cref="ConfigurationException">MF2046: one is not UTF-8. The exit code is 2.</exception>
    public static void CheckArguments(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        if (arguments.Select(GivenBytes.LostOfArgument).FirstOrDefault(static lost => lost is not null) is { } given)
        {
            throw NoText($"The argument '{given}' of the command line is not UTF-8.");
        }
    }

    /// <summary>Rejects Metaflow's variables if some of their bytes were lost.</summary>
    /// <param name="environment">The environment's variables.</param>
    /// <exception cref="ConfigurationException">MF2046: one is not UTF-8. The exit code is 2.</exception>
    public static void CheckEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        foreach (var (name, value) in environment)
        {
            if ((name.StartsWith("METAFLOW_", StringComparison.Ordinal) || name == "HOME")
                && GivenBytes.LostOfVariable(name, value) is { } given)
            {
                throw NoText($"The environment variable '{given}' is not UTF-8.");
            }
        }
    }

    /// <summary>Finds the working folder of this process.</summary>
    /// <returns>The path; <see langword="null"/> when the folder was removed, may not be read, or has a name that is not text:
    /// <see cref="NoWorkingFolder"/> is to be thrown where it is needed.</returns>
    public static string? FindWorkingFolder()
    {
        try
        {
            var folder = Environment.CurrentDirectory;
            return folder.Contains(Replacement, StringComparison.Ordinal) && !Directory.Exists(folder) ? null : folder;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Makes the error of a process that has no working folder.</summary>
    /// <returns>MF2047. The exit code is 2.</returns>
    public static ConfigurationException NoWorkingFolder() => new(
        ErrorCodes.NoWorkingFolder,
        "The working folder cannot be used.",
        "It was removed, or the user may not enter it, or its name is not UTF-8. Relative paths and the datastore are "
            + "searched from there.",
        "Change to another folder, for example with 'cd ~', and start the program again.")
    { ExitCode = ExitCodes.Usage };

    private static ConfigurationException NoText(string what) => new(
        ErrorCodes.GivenTextNotUtf8,
        what,
        "Texts are UTF-8. Other bytes would be stored as U+FFFD, which is another value than the one given.",
        "Give the text in UTF-8; rename a file whose name has another encoding, or pass its content as '/dev/stdin'.")
    { ExitCode = ExitCodes.Usage };
}
