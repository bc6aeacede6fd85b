using Metaflow.Graph;

namespace Metaflow.Generators.Model;

/// <summary>The plug-ins that an assembly registers.</summary>
/// <param name="Types">Their classes, with <c>global::</c>, sorted.</param>
internal sealed record PluginsModel(EquatableList<string> Types);
