using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Metaflow.Generators.Model;

/// <summary>What the generator has to write and to say of one flow class.</summary>
/// <param name="Flow">What the other half is written from; <see langword="null"/> when nothing can be added to the class.</param>
/// <param name="Problems">What is wrong with properties that get no other half; empty for nearly every flow, so that edits elsewhere in a
/// file change nothing.</param>
internal sealed record FlowReading(FlowModel? Flow, EquatableList<ProblemModel> Problems);

/// <summary>A diagnostic without the syntax that it points at.</summary>
internal sealed record ProblemModel(string Code, string Message, string FilePath, TextSpan Span, LinePositionSpan Lines)
{
    public static ProblemModel Of(Diagnostic problem)
    {
        var place = problem.Location.GetLineSpan();
        return new ProblemModel(problem.Id, problem.GetMessage(null), place.Path, problem.Location.SourceSpan, place.Span);
    }

    public Location Place => Location.Create(FilePath, Span, Lines);
}
