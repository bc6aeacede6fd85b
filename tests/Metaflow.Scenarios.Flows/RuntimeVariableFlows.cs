using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Metaflow.Scenarios.Flows;

/// <summary>Tells which variables the runtime of a task was started with, and which the step and what it starts have.</summary>
public partial class RuntimeVariablesFlow : FlowSpec
{
    public partial List<string> AtStart { get; set; }

    public partial List<string> InTheStep { get; set; }

    public partial List<string> InProcesses { get; set; }

    public partial List<string> InNativeProcesses { get; set; }

    [Step]
    Transition Start()
    {
        Look();
        return Next(Own);
    }

    [Step, EnvironmentVariables("DOTNET_EnableWriteXorExecute", "1")]
    Transition Own()
    {
        Look();
        return Next(End);
    }

    [Step]
    void End()
    {
    }

    private void Look()
    {
        AtStart = Interesting(File.ReadAllText("/proc/self/environ").Split('\0'));
        InTheStep = Interesting(Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Select(static name => $"{name}={Environment.GetEnvironmentVariable(name)}"));
        using var child = Process.Start(new ProcessStartInfo("env") { RedirectStandardOutput = true })!;
        InProcesses = Interesting(child.StandardOutput.ReadToEnd().Split('\n'));
        var file = Path.GetTempFileName();
        _ = RunShell($"env > {file}");
        InNativeProcesses = Interesting(File.ReadAllLines(file));
        File.Delete(file);
    }

    // Those of the runtime that a launcher may give, and those by which a launcher speaks to a task.
    private static List<string> Interesting(IEnumerable<string> variables) =>
    [
        .. variables.Where(static variable => variable.Contains("_EnableWriteXorExecute=", StringComparison.Ordinal)
            || variable.StartsWith("METAFLOW_RUNTIME_VARIABLES=", StringComparison.Ordinal)
            || variable.StartsWith("METAFLOW_SCHEDULER_PROCESS=", StringComparison.Ordinal)),
    ];

    [DllImport("libc", EntryPoint = "system", CharSet = CharSet.Ansi)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int RunShell(string command);
}
