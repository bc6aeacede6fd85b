using System.Reflection;
using System.Runtime.CompilerServices;
using Metaflow.Environments.Programs;
using Metaflow.Launching;

namespace Metaflow.StepEnvironments;

/// <summary>Takes a program that runs tasks apart, so that it can be started with other packages.</summary>
internal static class ProgramFiles
{
    private const string Exec = "exec";
    private const string DependenciesOption = "--depsfile";
    private const string RuntimeConfigOption = "--runtimeconfig";

    /// <summary>Finds the files of a program.</summary>
    /// <param name="program">How it is started.</param>
    /// <returns>The files, and the arguments that follow the program's assembly.</returns>
    /// <exception cref="Errors.EnvironmentException">MF7024: the program's form does not allow packages of steps.</exception>
    public static (CompiledProgram Program, IReadOnlyList<string> Arguments) Of(ProgramLocation program)
    {
        var isCompiledAhead = !RuntimeFeature.IsDynamicCodeSupported;
        if (program.Arguments is not [Exec, ..])
        {
            // Its own executable, which starts the assembly beside it.
            var assembly = Assembly.GetEntryAssembly()?.Location ?? "";
            return (CompiledProgram.Find(assembly, DotnetHost.Find(), isCompiledAhead), program.Arguments);
        }

        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        var next = 1;
        for (; next + 1 < program.Arguments.Count && program.Arguments[next].StartsWith("--", StringComparison.Ordinal); next += 2)
        {
            options[program.Arguments[next]] = program.Arguments[next + 1];
        }

        var found = options.TryGetValue(DependenciesOption, out var dependencies)
            && options.TryGetValue(RuntimeConfigOption, out var config)
            ? new CompiledProgram(program.Arguments[next], dependencies, config, program.FileName)
            : CompiledProgram.Find(program.Arguments[next], program.FileName, isCompiledAhead);
        IReadOnlyList<string> rest = [.. program.Arguments.Skip(next)];
        return (found with { CodeFile = TaskHostLocation.CodeFileOf(rest) }, [.. rest.Skip(1)]);
    }
}
