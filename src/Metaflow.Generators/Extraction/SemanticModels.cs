using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Extraction;

/// <summary>One semantic model for each file, so that what one reader has bound the next one finds.</summary>
internal sealed class SemanticModels(Compilation compilation)
{
    private readonly Dictionary<SyntaxTree, SemanticModel> _models = [];

    public SemanticModel Of(SyntaxTree tree)
    {
        if (!_models.TryGetValue(tree, out var model))
        {
            _models[tree] = model = compilation.GetSemanticModel(tree);
        }

        return model;
    }

    public bool Has(SyntaxTree tree) => compilation.ContainsSyntaxTree(tree);
}
