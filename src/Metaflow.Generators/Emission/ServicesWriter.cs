using Metaflow.Generators.Extraction;
using Metaflow.Generators.Model;

namespace Metaflow.Generators.Emission;

/// <summary>Writes a service: asked for on its first use, and kept for the task. It has no cell, so that nothing of it is stored.</summary>
internal static class ServicesWriter
{
    public static void Write(CodeWriter code, ServiceModel service, string mark)
    {
        var annotation = service.IsOptional ? "?" : "";
        var field = "__" + service.Name;
        code.Line("[global::System.Diagnostics.DebuggerBrowsable(global::System.Diagnostics.DebuggerBrowsableState.Never)]");
        code.Line($"private {service.TypeOf}? {field};");
        code.Line();
        code.Line(mark);
        code.Open($"{service.Modifiers} {service.TypeOf}{annotation} {CSharpTypeName.Identifier(service.Name)}");
        code.Line(
            $"{service.Getter} => {field} ??= ServiceOf<{service.TypeOf}>({CSharpTypeName.Literal(service.Name)}, isOptional: "
                + $"{(service.IsOptional ? "true" : "false")})!;");
        code.Close();
    }
}
