using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using Metaflow.Errors;
using Metaflow.Plugins;

namespace Metaflow.Programs;

/// <summary>Sees to it that a process has the plug-ins of a flow.</summary>
internal static class FlowPlugins
{
    private const char Separator = ';';

    /// <summary>Adds the plug-ins that the assemblies of a flow reference, before an object of the flow is made: settings may name their
    /// parts.</summary>
    /// <param name="flow">The flow's class.</param>
    public static void AddOf(Type flow)
    {
        for (var type = flow; type is not null && type != typeof(FlowSpec); type = type.BaseType)
        {
            RuntimeHelpers.RunModuleConstructor(type.Module.ModuleHandle);
        }
    }

    /// <summary>Returns the plug-ins of this process, for a program that references none of them.</summary>
    /// <returns>A text for <see cref="Add"/>. Plug-ins of assemblies without a file are left out, because no other process can have
    /// them.</returns>
    public static string Describe()
        => string.Join(Separator, ProgramPlugins.Plugins.Where(IsForOthers).Select(static plugin => plugin.AssemblyQualifiedName));

    /// <summary>Adds the plug-ins of another process to those of this one.</summary>
    /// <param name="described">What <see cref="Describe"/> returned there.</param>
    /// <exception cref="LaunchException">A plug-in is not there (MF6041).</exception>
    [UnconditionalSuppressMessage(
        "Trimming", "IL2057", Justification = "The task host runs programs that have their files beside them, which are not trimmed.")]
    [UnconditionalSuppressMessage("Trimming", "IL2060", Justification = "As above: a plug-in's class is whole.")]
    public static void Add(string described)
    {
        foreach (var name in described.Split(Separator, StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                typeof(ProgramPlugins).GetMethod(nameof(ProgramPlugins.Add))!
                    .MakeGenericMethod(Type.GetType(name, throwOnError: true)!).Invoke(null, null);
            }
            catch (Exception error)
                when (error is IOException or BadImageFormatException or TypeLoadException
                    or ArgumentException or TargetInvocationException)
            {
                throw new LaunchException(
                    ErrorCodes.FlowNotLoaded,
                    $"The plug-in '{name}' could not be loaded in the process of a task.",
                    $"Loading it threw {error.GetType().Name}: {ExceptionText.MessageOf(error)}",
                    "Its assembly must be beside the program.",
                    error)
                {
                    ExitCode = ExitCodes.FailedDoNotRetry,
                };
            }
        }
    }

    // Metaflow itself is in every process.
    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "An assembly without a file is what is asked for.")]
    private static bool IsForOthers(Type plugin)
        => plugin.Assembly != typeof(FlowSpec).Assembly && plugin.Assembly != typeof(ProgramPlugins).Assembly
            && plugin.Assembly.Location.Length > 0;
}
