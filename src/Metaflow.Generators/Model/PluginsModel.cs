using Metaflow.Graph;

namespace Metaflow.Generators.Model;

/// <summary>What an assembly registers.</summary>
/// <param name="Types">The classes of plug-ins, with <c>global::</c>, sorted.</param>
/// <param name="OwnParts">The assembly's own decorators and back ends of secrets, with <c>global::</c>, sorted.</param>
/// <param name="IsProgram">Whether the assembly is a program that can run flows.</param>
internal sealed record PluginsModel(EquatableList<string> Types, EquatableList<string> OwnParts, bool IsProgram);
