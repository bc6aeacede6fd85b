using System.Text;

namespace Metaflow.Python.PyPI.Markers;

/// <summary>Parts of a marker with <c>and</c> or <c>or</c> between them.</summary>
/// <param name="Items">The parts, at least one.</param>
/// <param name="IsOr">For each part but the first, whether <c>or</c> is before it. <c>and</c> binds tighter.</param>
internal sealed record MarkerGroup(IReadOnlyList<MarkerNode> Items, IReadOnlyList<bool> IsOr) : MarkerNode
{
    /// <inheritdoc/>
    public override bool? Evaluate(MarkerScope scope)
    {
        bool? any = false;
        bool? all = true;
        for (var i = 0; i < Items.Count; i++)
        {
            if (i > 0 && IsOr[i - 1])
            {
                any |= all;
                all = true;
            }

            // Lifted operators: false and unknown is false, true or unknown is true.
            all &= Items[i].Evaluate(scope);
        }

        return any | all;
    }

    /// <inheritdoc/>
    public override string Write(bool isOutermost)
    {
        if (Items is [MarkerGroup only])
        {
            return only.Write(isOutermost: true);
        }

        var text = new StringBuilder(Items[0].Write(isOutermost: false));
        for (var i = 1; i < Items.Count; i++)
        {
            text.Append(IsOr[i - 1] ? " or " : " and ").Append(Items[i].Write(isOutermost: false));
        }

        return isOutermost || Items.Count == 1 ? text.ToString() : $"({text})";
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Variables() => Items.SelectMany(static item => item.Variables());
}
