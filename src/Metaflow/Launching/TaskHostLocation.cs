using System.Runtime.InteropServices;
using Metaflow.Errors;

namespace Metaflow.Launching;

/// <summary>Says how to start the task host: a small program that runs tasks of a flow with the assemblies and the runtime of the program
/// that runs now.</summary>
/// <param name="DepsFiles">The list of dependency files that the runtime was started with, separated by <c>;</c>.</param>
/// <param name="ProcessPath">The running executable.</param>
/// <param name="RuntimeFolder">The folder of the runtime's own assemblies.</param>
internal sealed record TaskHostLocation(string? DepsFiles, string? ProcessPath, string RuntimeFolder)
{
    private const string HostFile = "Metaflow.TaskHost.dll";

    // After the host's own file: the name of the flow's assembly, then its path.
    private const int FlowFile = 2;

    private const string DepsExtension = ".deps.json";

    /// <summary>Says how this process's task host is started for a flow.</summary>
    /// <param name="flow">The flow's class.</param>
    /// <param name="services">The class that makes its services, or <see langword="null"/>.</param>
    /// <param name="plugins">The plug-ins of this process, which the host itself does not reference; an empty text for none.</param>
    /// <returns>How to start it.</returns>
    /// <exception cref="LaunchException">This program has no files to start another process with (MF6040).</exception>
    public static ProgramLocation Of(Type flow, Type? services, string plugins)
        => new TaskHostLocation(
            AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string, Environment.ProcessPath, RuntimeEnvironment.GetRuntimeDirectory())
            .For(flow, services, plugins);

    /// <summary>Says how the task host is started for a flow.</summary>
    /// <param name="flow">The flow's class.</param>
    /// <param name="services">The class that makes its services, or <see langword="null"/>.</param>
    /// <param name="plugins">The plug-ins of this process, which the host itself does not reference; an empty text for none.</param>
    /// <returns>How to start it.</returns>
    /// <exception cref="LaunchException">The program has no files to start another process with (MF6040).</exception>
    public ProgramLocation For(Type flow, Type? services = null, string plugins = "")
    {
        if (flow.FullName is null || flow.Assembly.Location.Length == 0)
        {
            throw Unavailable(
                flow, "The flow's assembly is not a file on disk: it is part of a single-file program, or was created in memory.");
        }

        var deps = (DepsFiles ?? "").Split(';')
            .FirstOrDefault(file => file.EndsWith(DepsExtension, StringComparison.Ordinal) && File.Exists(RuntimeConfigOf(file)))
            ?? throw Unavailable(flow, $"The program has no '{DepsExtension}' and '.runtimeconfig.json' on disk.");
        var host = Path.Combine(Path.GetDirectoryName(deps)!, HostFile);
        if (!File.Exists(host))
        {
            throw Unavailable(flow, $"There is no '{HostFile}' in '{Path.GetDirectoryName(deps)}'.");
        }

        var dotnet = DotnetHost.Find(ProcessPath, RuntimeFolder)
            ?? throw Unavailable(flow, "The program is self-contained, and its runtime cannot start another program.");
        return new ProgramLocation(
            dotnet,
            [
                "exec", "--depsfile", deps, "--runtimeconfig", RuntimeConfigOf(deps), host,
                flow.Assembly.GetName().Name!, flow.Assembly.Location, flow.FullName, services?.AssemblyQualifiedName ?? "", plugins,
            ]);
    }

    /// <summary>Returns the assembly with the code of the steps.</summary>
    /// <param name="arguments">The program's assembly with the arguments that follow it.</param>
    /// <returns>The path: that of the flow's assembly if the program is the task host.</returns>
    public static string CodeFileOf(IReadOnlyList<string> arguments)
        => Path.GetFileName(arguments[0]) == HostFile && arguments.Count > FlowFile ? arguments[FlowFile] : arguments[0];

    private static string RuntimeConfigOf(string deps) => deps[..^DepsExtension.Length] + ".runtimeconfig.json";

    private static LaunchException Unavailable(Type flow, string why) => new(
        ErrorCodes.TaskHostNotAvailable,
        $"The tasks of flow '{flow.Name}' cannot run in their own processes.",
        why,
        "Publish the program framework-dependent and not as a single file, or run the flow in this process "
            + "(TaskIsolation.InProcess).");
}
