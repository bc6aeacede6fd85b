using System.Reflection;
using Metaflow.Settings;

namespace Metaflow.Programs;

/// <summary>How the user starts this program, for hints.</summary>
internal static class ProgramInvocation
{
    /// <summary>Finds it: <c>dotnet run flow.cs --</c> for a file-based program, else the program's name.</summary>
    /// <returns>The text before the arguments.</returns>
    public static string Find()
    {
        if (GivenInvocation.Text is { } given)
        {
            return given;
        }

        if (AppContext.GetData("EntryPointFilePath") is string file)
        {
            var relative = GivenTexts.FindWorkingFolder() is { } folder ? Path.GetRelativePath(folder, file) : file;
            return $"dotnet run {(relative.StartsWith("..", StringComparison.Ordinal) ? file : relative)} --";
        }

        return Assembly.GetEntryAssembly()?.GetName().Name ?? "flow";
    }
}
