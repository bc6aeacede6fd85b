using Metaflow.Errors;

namespace Metaflow.Tool.Programs;

/// <summary>The program that a user names: a file of C#, a project, or the folder of one.</summary>
/// <param name="Path">The absolute path of the file or the project.</param>
/// <param name="Typed">What the user typed.</param>
internal sealed record FlowTarget(string Path, string Typed)
{
    /// <summary>Gets the folder of the file or the project.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>Gets a value indicating whether it is a project, all files of whose folder may count.</summary>
    public bool IsProject => Path.EndsWith(".csproj", StringComparison.OrdinalIgnoreCase);

    /// <summary>Finds a program.</summary>
    /// <param name="typed">What the user typed.</param>
    /// <param name="workingFolder">The folder that a relative path is relative to.</param>
    /// <returns>The program.</returns>
    /// <exception cref="ConfigurationException">MF2111: there is none.</exception>
    public static FlowTarget Find(string typed, string workingFolder)
    {
        var path = System.IO.Path.GetFullPath(typed, workingFolder);
        if (File.Exists(path))
        {
            return path.EndsWith(".cs", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".csproj", StringComparison.OrdinalIgnoreCase)
                ? new FlowTarget(path, typed)
                : throw Refused(typed, "The file is neither a C# file nor a project.");
        }

        return !Directory.Exists(path) ? throw Refused(typed, "There is no such file or folder.")
            : Directory.GetFiles(path, "*.csproj") switch
            {
                [var project] => new FlowTarget(project, typed),
                [] => throw Refused(typed, "The folder has no project."),
                _ => throw Refused(typed, "The folder has several projects."),
            };
    }

    private static ConfigurationException Refused(string typed, string why) => new(
        ErrorCodes.NoFlowProgram,
        $"'{typed}' is not a program that can run.",
        why,
        "Name the flow's file, its project, or the folder of the project, as in 'metaflow run train.cs run --epochs 3'.")
    { ExitCode = ExitCodes.Usage };
}
